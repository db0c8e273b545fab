package dev.coatcheck.prove;

import dev.coatcheck.prove.compare.SecretNames;
import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.Template;
import dev.coatcheck.prove.scenario.Variables;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A step whose texts are longer by a mark. {@code user=Ann} is in every process by chance; {@code user=Annk3v9qd07xw} is
 * where somebody put it. What stays as it is: passwords, numbers, ids that were captured, what decides which code runs, and
 * text that is neither fields nor JSON.
 */
final class Marked {
    private static final JsonMapper JSON = new JsonMapper();

    /** Names of what decides which code an application runs; with another value it would run other code, or none. */
    private static final Pattern DECIDING = Pattern.compile(
            "_?method|action|operation(name)?|query|type|.*(csrf|xsrf|token).*", Pattern.CASE_INSENSITIVE);

    private Marked() {}

    /** Empty where the step brings no text to put a mark to. */
    static Optional<Step> of(Step step, String mark) {
        Body body =
                switch (step.request().body()) {
                    case Body.Messages(List<Body.Message> messages) ->
                        new Body.Messages(messages.stream()
                                .map(message -> new Body.Message(json(message.text(), mark), message.after()))
                                .toList());
                    case Body.None none -> none;
                    case Body.File file -> file;
                    case Body.Bytes bytes -> bytes;
                    case Body.Text(Template text, String type) -> new Body.Text(json(text, mark), type);
                    case Body.Form(List<Field> fields) ->
                        new Body.Form(fields.stream()
                                .map(field -> new Field(field.name(), marked(field.name(), field.value(), mark)))
                                .toList());
                    case Body.Multipart(List<Body.Part> parts) ->
                        new Body.Multipart(
                                parts.stream().map(part -> marked(part, mark)).toList());
                    case Body.Json(Template text) -> new Body.Json(json(text, mark));
                };
        return body.equals(step.request().body())
                ? Optional.empty()
                : Optional.of(step.withRequest(step.request().withBody(body)));
    }

    private static Body.Part marked(Body.Part part, String mark) {
        return switch (part) {
            case Body.FilePart file -> file;
            case Body.BytesPart bytes -> bytes;
            case Body.TextPart(String name, Template value) -> new Body.TextPart(name, marked(name, value, mark));
        };
    }

    private static Template json(Template text, String mark) {
        try {
            JsonNode read = JSON.readTree(text.toString());
            JsonNode marked = marked("", read, mark);
            return marked.equals(read) ? text : Template.parse(marked.toString());
        } catch (JacksonException e) {
            // A variable that stands for a number or for a whole object.
            return text;
        }
    }

    private static JsonNode marked(String name, JsonNode node, String mark) {
        if (node.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            node.properties()
                    .forEach(field -> object.set(field.getKey(), marked(field.getKey(), field.getValue(), mark)));
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            node.forEach(element -> array.add(marked(name, element, mark)));
            return array;
        }
        return node.isString() ? JsonNodeFactory.instance.stringNode(marked(name, node.stringValue(), mark)) : node;
    }

    private static Template marked(String name, Template value, String mark) {
        return Template.parse(marked(name, value.toString(), mark));
    }

    private static String marked(String name, String text, String mark) {
        if (GraphQl.isDocument(name, text)) {
            return GraphQl.withLiterals(text, literal -> marked("", literal, mark));
        }
        if (!isText(name, text)) {
            return text;
        }
        // An address of electronic mail stays one.
        return text.contains("@") ? mark + text : text + mark;
    }

    /** Whether it is a word that somebody wrote, and not an id that an earlier step gave. */
    private static boolean isText(String name, String value) {
        return !SecretNames.isPassword(name)
                && !DECIDING.matcher(name).matches()
                && Template.parse(value).parts().stream().anyMatch(part -> switch (part) {
                    case Template.Literal(String text) -> text.chars().anyMatch(Character::isLetter);
                    case Template.Variable(String variable) -> variable.equals(Variables.RUN);
                });
    }
}
