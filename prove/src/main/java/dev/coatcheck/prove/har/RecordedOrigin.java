package dev.coatcheck.prove.har;

import dev.coatcheck.prove.scenario.Template;
import dev.coatcheck.prove.scenario.Variables;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address that the application had when it was recorded; where it stands in a request, the present one is meant. Also as it
 * is written in a query ({@code next=http%3A%2F%2Flocalhost}), and in JSON that escapes its slashes.
 */
final class RecordedOrigin {
    private static final String END = "(?![\\p{L}\\p{N}.:-])";

    /** A dot or a TCP port would belong to it; what is encoded behind it does not, unless that is a colon. */
    private static final String END_OF_ENCODED = "(?![\\p{L}\\p{N}.:-]|%3A)";

    private final Pattern pattern;

    RecordedOrigin(String origin) {
        String encoded = URLEncoder.encode(origin, StandardCharsets.UTF_8);
        this.pattern = Pattern.compile(
                "(?:" + Pattern.quote(origin) + "|" + Pattern.quote(origin.replace("/", "\\/")) + ")" + END
                        + "|(?<encoded>" + Pattern.quote(encoded) + "|" + Pattern.quote(encoded.replace("%3A", ":"))
                        + ")" + END_OF_ENCODED,
                Pattern.CASE_INSENSITIVE);
    }

    Template template(String text) {
        List<Template.Part> parts = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        int end = 0;
        while (matcher.find()) {
            parts.add(new Template.Literal(text.substring(end, matcher.start())));
            parts.add(new Template.Variable(
                    matcher.group("encoded") == null ? Variables.BASE_URL : Variables.BASE_URL_ENCODED));
            end = matcher.end();
        }
        parts.add(new Template.Literal(text.substring(end)));
        return new Template(parts);
    }
}
