package dev.coatcheck.prove.bind;

import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of a request that may have come from a response, and what takes their places. */
final class Words {
    private static final Pattern OF_TARGET = Pattern.compile("(?<=[/=])(?<word>[^/?&=#]+)");
    private static final Pattern OF_VALUE = Pattern.compile("(?<word>[^\\s,;]+)");
    private static final Pattern OF_JSON =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"\\s*:|\"(?<word>[^\"\\\\]++)\"|\"(?:[^\"\\\\]|\\\\.)*+\""
                    + "|(?<number>-?\\d++(?:\\.\\d++)?)");

    private static final Pattern REST_OF_STRING = Pattern.compile("(?:[^\"\\\\]|\\\\.)*+\"");

    private final Replacement replacement;

    /** What takes the place of a word; empty where it stays. */
    interface Replacement {
        /**
         * Decides about one word.
         *
         * @param name what it is called in the request: a field, a parameter, the segment of the path before it
         */
        Optional<Template.Variable> of(String name, String word);
    }

    Words(Replacement replacement) {
        this.replacement = replacement;
    }

    Request in(Request request) {
        return new Request(
                request.method(),
                rewritten(request.target(), OF_TARGET, ""),
                fields(request.query()),
                fields(request.headers()),
                fields(request.cookies()),
                body(request.body()));
    }

    private List<Field> fields(List<Field> fields) {
        return fields.stream()
                .map(field -> new Field(field.name(), value(field.name(), field.value())))
                .toList();
    }

    /** All of a value, or the words in it, as in {@code Bearer 4f1c9a}. */
    private Template value(String name, Template value) {
        if (value.parts().size() == 1 && value.parts().getFirst() instanceof Template.Literal(String text)) {
            Optional<Template.Variable> whole = replacement.of(name, text);
            if (whole.isPresent()) {
                return new Template(List.of(whole.get()));
            }
        }
        return rewritten(value, OF_VALUE, name);
    }

    private Body body(Body body) {
        return switch (body) {
            case Body.Form(List<Field> fields) -> new Body.Form(fields(fields));
            case Body.Json(Template text) -> new Body.Json(rewritten(text, OF_JSON, ""));
            case Body.Multipart(List<Body.Part> parts) ->
                new Body.Multipart(parts.stream().map(this::part).toList());
            case Body.Text text -> new Body.Text(rewritten(text.text(), of(text.text()), ""), text.contentType());
            case Body.Messages(List<Body.Message> messages) ->
                new Body.Messages(messages.stream()
                        .map(message ->
                                new Body.Message(rewritten(message.text(), of(message.text()), ""), message.after()))
                        .toList());
            case Body.None none -> none;
            case Body.Bytes bytes -> bytes;
            case Body.File file -> file;
        };
    }

    private static Pattern of(Template text) {
        String written = text.toString().strip();
        boolean object = written.startsWith("{") && !written.startsWith("{{") && written.endsWith("}");
        return object || (written.startsWith("[") && written.endsWith("]")) ? OF_JSON : OF_VALUE;
    }

    private Body.Part part(Body.Part part) {
        return switch (part) {
            case Body.TextPart(String name, Template value) -> new Body.TextPart(name, value(name, value));
            case Body.FilePart file -> file;
            case Body.BytesPart bytes -> bytes;
        };
    }

    private Template rewritten(Template template, Pattern pattern, String name) {
        List<Template.Part> parts = new ArrayList<>();
        boolean inString = false;
        for (Template.Part part : template.parts()) {
            switch (part) {
                case Template.Literal(String text) -> {
                    int from = inString ? endOfString(text) : 0;
                    rewrite(text, from, pattern, name, parts);
                    inString = pattern == OF_JSON && opensString(text, inString);
                }
                case Template.Variable variable -> parts.add(variable);
            }
        }
        return new Template(parts);
    }

    /** Behind the quote that ends a string of JSON which began before a variable. */
    private static int endOfString(String text) {
        Matcher rest = REST_OF_STRING.matcher(text);
        return rest.lookingAt() ? rest.end() : text.length();
    }

    /** Whether a string of JSON goes on behind this text. */
    private static boolean opensString(String text, boolean beganInside) {
        long quotes = text.replaceAll("\\\\.", "").chars().filter(c -> c == '"').count();
        return beganInside == (quotes % 2 == 0);
    }

    /** @param from where words begin: what comes before is the end of a string */
    private void rewrite(String text, int from, Pattern pattern, String name, List<Template.Part> into) {
        Matcher matcher = pattern.matcher(text).region(from, text.length()).useTransparentBounds(true);
        String before = name;
        int end = 0;
        while (matcher.find()) {
            String group = pattern == OF_JSON && matcher.group("number") != null ? "number" : "word";
            String word = matcher.group(group);
            if (word == null) {
                if (matcher.group().endsWith(":")) {
                    before = matcher.group().replaceAll("^\"|\"\\s*:$", "");
                }
                continue;
            }
            String called = pattern == OF_TARGET && text.charAt(matcher.start() - 1) == '='
                    ? text.substring(0, matcher.start() - 1).replaceFirst("(?s).*[?&]", "")
                    : before;
            Optional<Template.Variable> variable = replacement.of(called, word);
            if (variable.isPresent()) {
                into.add(new Template.Literal(text.substring(end, matcher.start(group))));
                into.add(variable.get());
                end = matcher.end(group);
            }
            if (pattern == OF_TARGET) {
                before = word;
            }
        }
        into.add(new Template.Literal(text.substring(end)));
    }
}
