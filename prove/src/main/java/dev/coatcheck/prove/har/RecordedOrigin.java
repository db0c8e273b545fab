package dev.coatcheck.prove.har;

import dev.coatcheck.prove.scenario.Template;
import dev.coatcheck.prove.scenario.Variables;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The address that the application had when it was recorded; where it stands in a request, the present one is meant. */
final class RecordedOrigin {
    private final Pattern pattern;

    RecordedOrigin(String origin) {
        this.pattern = Pattern.compile(Pattern.quote(origin) + "(?![\\p{L}\\p{N}.:-])", Pattern.CASE_INSENSITIVE);
    }

    Template template(String text) {
        List<Template.Part> parts = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        int end = 0;
        while (matcher.find()) {
            parts.add(new Template.Literal(text.substring(end, matcher.start())));
            parts.add(new Template.Variable(Variables.BASE_URL));
            end = matcher.end();
        }
        parts.add(new Template.Literal(text.substring(end)));
        return new Template(parts);
    }
}
