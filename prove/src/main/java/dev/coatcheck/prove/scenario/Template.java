package dev.coatcheck.prove.scenario;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.io.JsonStringEncoder;

/** Text with variables in it, as in {@code /photos/{{id}}}. Equal texts are equal templates. */
public record Template(List<Part> parts) {

    /** {@code {{name}}}: letters, digits, {@code -} and {@code _}, a letter first; blanks inside the braces are allowed. */
    public static final Pattern VARIABLE = Pattern.compile("\\{\\{[ \\t]*([A-Za-z][A-Za-z0-9_-]{0,99})[ \\t]*}}");

    /** A piece of a template. */
    public sealed interface Part {}

    /** Text that stays as it is. */
    public record Literal(String text) implements Part {}

    /** The place of a variable's value. */
    public record Variable(String name) implements Part {}

    /** Neighbouring literals become one, empty ones disappear. */
    public Template {
        List<Part> merged = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Literal(String text)) {
                if (text.isEmpty()) {
                    continue;
                }
                if (!merged.isEmpty() && merged.getLast() instanceof Literal(String before)) {
                    merged.set(merged.size() - 1, new Literal(before + text));
                    continue;
                }
            }
            merged.add(part);
        }
        parts = List.copyOf(merged);
    }

    /** Text without variables, whatever braces it has. */
    public static Template literal(String text) {
        return new Template(List.of(new Literal(text)));
    }

    /** Takes every well-formed {@code {{name}}} for a variable, and anything else for text. */
    public static Template parse(String text) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = VARIABLE.matcher(text);
        int end = 0;
        while (matcher.find()) {
            parts.add(new Literal(text.substring(end, matcher.start())));
            parts.add(new Variable(matcher.group(1)));
            end = matcher.end();
        }
        parts.add(new Literal(text.substring(end)));
        return new Template(parts);
    }

    /** The names of its variables, in order. */
    public Set<String> variables() {
        Set<String> names = new LinkedHashSet<>();
        for (Part part : parts) {
            if (part instanceof Variable(String name)) {
                names.add(name);
            }
        }
        return names;
    }

    /** The text with each variable replaced by its value; {@code values} is asked anew for each place. */
    public String render(Function<String, String> values) {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Literal(String literal) -> text.append(literal);
                case Variable(String name) -> text.append(values.apply(name));
            }
        }
        return text.toString();
    }

    /** As {@link #render}, for a text that is JSON: a value inside a string is escaped, any other is taken as it is. */
    public String renderJson(Function<String, String> values) {
        StringBuilder text = new StringBuilder();
        boolean inString = false;
        for (Part part : parts) {
            switch (part) {
                case Literal(String literal) -> {
                    text.append(literal);
                    inString = endsInString(literal, inString);
                }
                case Variable(String name) -> {
                    String value = values.apply(name);
                    text.append(
                            inString
                                    ? new String(JsonStringEncoder.getInstance().quoteAsCharArray(value))
                                    : value);
                }
            }
        }
        return text.toString();
    }

    private static boolean endsInString(String json, boolean inString) {
        boolean in = inString;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == '"') {
                in = !in;
            } else if (c == '\\' && in) {
                i++;
            }
        }
        return in;
    }

    /** As it is written in a scenario. */
    @Override
    public String toString() {
        return render(name -> "{{" + name + "}}");
    }
}
