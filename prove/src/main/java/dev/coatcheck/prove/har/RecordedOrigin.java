package dev.coatcheck.prove.har;

import dev.coatcheck.prove.scenario.Template;
import dev.coatcheck.prove.scenario.Variables;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address that the application had when it was recorded; where it stands in a request, the present one is meant. Also as it
 * is written in a query ({@code next=http%3A%2F%2Flocalhost}), and in JSON that escapes its slashes.
 */
final class RecordedOrigin {
    private static final Pattern PUNCTUATION = Pattern.compile("[:/]");

    private final Pattern pattern;

    RecordedOrigin(String origin) {
        StringBuilder written = new StringBuilder();
        int end = 0;
        for (Matcher matcher = PUNCTUATION.matcher(origin); matcher.find(); end = matcher.end()) {
            written.append(Pattern.quote(origin.substring(end, matcher.start())))
                    .append(matcher.group().equals(":") ? "(?::|%3A)" : "(?:\\\\?/|%2F)");
        }
        written.append(Pattern.quote(origin.substring(end)));
        // A longer name, or another TCP port, is another address.
        written.append("(?![\\p{L}\\p{N}.:-]|%3A)");
        this.pattern = Pattern.compile(written.toString(), Pattern.CASE_INSENSITIVE);
    }

    Template template(String text) {
        List<Template.Part> parts = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        int end = 0;
        while (matcher.find()) {
            parts.add(new Template.Literal(text.substring(end, matcher.start())));
            parts.add(new Template.Variable(
                    matcher.group().contains("%") ? Variables.BASE_URL_ENCODED : Variables.BASE_URL));
            end = matcher.end();
        }
        parts.add(new Template.Literal(text.substring(end)));
        return new Template(parts);
    }
}
