package dev.coatcheck.prove.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the text of a message says, whatever it is wrapped in: JSON behind a number or a letter (Socket.IO, SockJS), in a string
 * of JSON (ActionCable), and the frames of STOMP.
 */
sealed interface MessageText {
    JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** As in {@code 42/admin,7["said",{…}]} and {@code a["…"]}. */
    Pattern WRAPPED = Pattern.compile("([^\"{\\[]{0,64})([{\\[].*)", Pattern.DOTALL);

    /** A command, its headers, and a body. */
    Pattern FRAME = Pattern.compile(
            "([A-Z]{3,12})\r?\n((?:[^:\\s]{1,64}:[^\r\n]*\r?\n){0,64})\r?\n([^\\x00]*).*", Pattern.DOTALL);

    /** What stands for a secret. */
    String HIDDEN = "…";

    /** As a value to compare. */
    JsonNode tree();

    /** What is alike in messages that say the same of different things. */
    String kind();

    /** As the kind, but with the first word of a list alone: a random name without a digit looks like a word. */
    String form();

    /** As a message of a report has it: without what gives access. */
    String shown();

    static MessageText of(String text) {
        MessageText unframed = unframed(text);
        Matcher frame = FRAME.matcher(text);
        return unframed instanceof Plain && frame.matches()
                ? new Frame(frame.group(1), frame.group(2).lines().toList(), unframed(frame.group(3)))
                : unframed;
    }

    /** JSON or plain: what is in a frame is no frame. */
    private static MessageText unframed(String text) {
        Matcher wrapped = WRAPPED.matcher(text);
        return wrapped.matches()
                ? json(wrapped.group(2))
                        .<MessageText>map(json -> new Json(wrapped.group(1), json))
                        .orElseGet(() -> new Plain(text))
                : new Plain(text);
    }

    private static Optional<JsonNode> json(String text) {
        try {
            return Optional.of(JSON.readTree(text));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /**
     * JSON.
     *
     * @param before what stands before it; mostly nothing
     */
    record Json(String before, JsonNode value) implements MessageText {
        /** Fields that tell what a message is about, where they hold a word. */
        private static final Set<String> TELLING = Set.of("type", "event", "kind", "action", "op", "method", "target");

        private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z_:./-]{0,40}");

        /** So many elements of a list may say what happened, before the particulars. */
        private static final int ENVELOPE = 5;

        /** Of an event of Socket.IO which answer it asks for: each process counts these for itself. */
        private static final Pattern ANSWER_ASKED = Pattern.compile("(4[25](?:\\d+-)?(?:/[^,]*,)?)\\d+");

        /** What tells that all that follows in a list may give access. */
        private static final Pattern LOG_IN = Pattern.compile("(?i)auth(?:enticat\\w*|ori[sz]\\w*)?|log.?in|sign.?in");

        @Override
        public JsonNode tree() {
            if (before.isEmpty()) {
                return unwrapped(value);
            }
            ObjectNode tree = JsonNodeFactory.instance.objectNode();
            Matcher asks = ANSWER_ASKED.matcher(before);
            tree.put("before", asks.matches() ? asks.group(1) : before);
            tree.set("json", unwrapped(value));
            return tree;
        }

        /** With what strings hold in their place. */
        private static JsonNode unwrapped(JsonNode node) {
            if (node.isString()) {
                return isPlain(node) ? node : of(node.stringValue()).tree();
            }
            return mapped(node, (_, inside) -> unwrapped(inside));
        }

        private static boolean isPlain(JsonNode string) {
            return of(string.stringValue()) instanceof Plain;
        }

        @Override
        public String kind() {
            List<JsonNode> first = envelope();
            StringBuilder kind = new StringBuilder(before.replaceAll("\\d+", "0"));
            if (first.stream().anyMatch(Json::isWord)) {
                first.forEach(element -> kind(element, true, true, kind));
            } else {
                kind(value, false, true, kind);
            }
            return kind.toString();
        }

        @Override
        public String form() {
            List<JsonNode> first = envelope();
            StringBuilder form = new StringBuilder(before.replaceAll("\\d+", "0"));
            kind(value, false, false, form);
            first.stream()
                    .filter(Json::isWord)
                    .findFirst()
                    .ifPresent(event ->
                            form.append('\'').append(event.stringValue()).append('\''));
            first.forEach(element -> kind(element, false, false, form));
            return form.toString();
        }

        private List<JsonNode> envelope() {
            return value.isArray() ? value.valueStream().limit(ENVELOPE).toList() : List.of();
        }

        private static boolean isWord(JsonNode node) {
            return node.isString() && WORD.matcher(node.stringValue()).matches();
        }

        /**
         * @param tells whether a word here tells what the message is about
         * @param fieldsTell whether one does in a field whose name says so
         */
        private static void kind(JsonNode node, boolean tells, boolean fieldsTell, StringBuilder into) {
            if (tells && isWord(node)) {
                into.append('\'').append(node.stringValue()).append('\'');
                return;
            }
            into.append(node.getNodeType().name().charAt(0));
            if (node.isObject()) {
                into.append('{');
                new TreeSet<>(node.propertyNames()).forEach(name -> {
                    into.append(name).append(':');
                    kind(node.get(name), fieldsTell && TELLING.contains(name), fieldsTell, into);
                    into.append(' ');
                });
                into.append('}');
            }
        }

        @Override
        public String shown() {
            return new Plain(before).shown() + hidden("", value);
        }

        private static JsonNode hidden(String name, JsonNode node) {
            if (node.isValueNode() && SecretNames.givesAccess(name)) {
                return JsonNodeFactory.instance.stringNode(HIDDEN);
            }
            if (node.isString()) {
                return JsonNodeFactory.instance.stringNode(
                        of(node.stringValue()).shown());
            }
            if (node.isArray() && isWord(node.path(0))) {
                String first = node.get(0).stringValue();
                if (SecretNames.givesAccess(first) || LOG_IN.matcher(first).matches()) {
                    ArrayNode rest = JsonNodeFactory.instance.arrayNode().add(first);
                    node.valueStream()
                            .skip(1)
                            .map(each -> hidden("token", each))
                            .forEach(rest::add);
                    return rest;
                }
            }
            // Whatever stands in a secret is one, by whatever name.
            boolean stays = SecretNames.givesAccess(name);
            return mapped(node, (field, inside) -> hidden(field.isEmpty() || stays ? name : field, inside));
        }

        @FunctionalInterface
        private interface Mapping {
            /** @param field the name of a field; empty for an element of a list */
            JsonNode map(String field, JsonNode inside);
        }

        private static JsonNode mapped(JsonNode node, Mapping mapping) {
            if (node.isObject()) {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                node.forEachEntry((field, inside) -> object.set(field, mapping.map(field, inside)));
                return object;
            }
            if (node.isArray()) {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                node.values().forEach(inside -> array.add(mapping.map("", inside)));
                return array;
            }
            return node;
        }
    }

    /**
     * A frame of STOMP.
     *
     * @param head lines as {@code destination:/topic/news}
     */
    record Frame(String command, List<String> head, MessageText body) implements MessageText {
        /** It varies with what it is the length of. */
        private static final String LENGTH = "content-length";

        public Frame {
            head = head.stream().filter(line -> !line.startsWith(LENGTH + ":")).toList();
        }

        private static String name(String line) {
            return line.substring(0, line.indexOf(':'));
        }

        @Override
        public JsonNode tree() {
            ObjectNode tree = JsonNodeFactory.instance.objectNode();
            tree.put("command", command);
            ObjectNode headers = tree.putObject("head");
            head.forEach(
                    line -> headers.put(name(line), line.substring(name(line).length() + 1)));
            tree.set("body", body.tree());
            return tree;
        }

        @Override
        public String kind() {
            return beginning() + body.kind();
        }

        @Override
        public String form() {
            return beginning() + body.form();
        }

        private String beginning() {
            return command + " " + head.stream().map(Frame::name).sorted().toList() + " ";
        }

        @Override
        public String shown() {
            List<String> lines = new ArrayList<>(List.of(command));
            head.forEach(line -> lines.add(SecretNames.givesAccess(name(line)) ? name(line) + ":" + HIDDEN : line));
            lines.add(body.shown());
            return String.join(" ", lines);
        }
    }

    /** A text of which no more is known. */
    record Plain(String text) implements MessageText {
        /** A name, as far as where its value begins: {@code token=}, {@code "token":"}, {@code Authorization: Bearer }. */
        private static final Pattern NAMED = Pattern.compile(
                "(?<![\\w.-])([\\w.-]++)[\"'\\\\\\]]{0,2}\\s{0,2}[=:]\\s{0,2}[\"'\\\\]{0,2}(?:(?:bearer|basic)\\s+)?",
                Pattern.CASE_INSENSITIVE);

        private static final Pattern VALUE = Pattern.compile("[^\\s&;,\"]+");

        @Override
        public JsonNode tree() {
            return JsonNodeFactory.instance.stringNode(text);
        }

        @Override
        public String kind() {
            return text.replaceAll("\\d+", "0");
        }

        @Override
        public String form() {
            return kind();
        }

        @Override
        public String shown() {
            StringBuilder shown = new StringBuilder();
            int end = 0;
            Matcher named = NAMED.matcher(text);
            Matcher value = VALUE.matcher(text);
            while (named.find()) {
                // A value that is shown may have names in it, as url=/verify?token=abc.
                boolean hides = named.start() >= end
                        && SecretNames.givesAccess(named.group(1))
                        && value.region(named.end(), text.length()).lookingAt();
                if (hides) {
                    shown.append(text, end, named.end()).append(HIDDEN);
                    end = value.end();
                }
            }
            return shown.append(text.substring(end)).toString();
        }
    }
}
