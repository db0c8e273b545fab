package dev.coatcheck.process.config;

import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which part of what was read is the secret. */
sealed interface Field {
    /** What it is in a document, which may have none, or an empty one. */
    String of(String document) throws SecretException;

    /** All of it. */
    record Whole() implements Field {
        @Override
        public String of(String document) throws SecretException {
            return filled(document, "is empty");
        }
    }

    /** The field of a JSON object. */
    record Named(String name) implements Field {
        private static final int SHOWN = 10;

        @Override
        public String of(String document) throws SecretException {
            var object = parse(document);
            if (!object.isObject()) {
                throw new SecretException(
                        "is no JSON object, so it has no field " + quoted(),
                        "Leave #" + shown(name) + " out to have all of it.");
            }
            var value = object.get(name);
            if (value == null) {
                throw new SecretException("has no field " + quoted(), "It has: " + names(object));
            }
            if (!value.isString() && !value.isIntegralNumber() && !value.isBoolean()) {
                throw new SecretException("has a field " + quoted() + " that is no text", "Store it as a JSON string.");
            }
            return filled(value.asString(), "has an empty field " + quoted());
        }

        private String quoted() {
            return '"' + shown(name) + '"';
        }

        private static JsonNode parse(String document) throws SecretException {
            try {
                return JsonMapper.shared().readTree(document);
            } catch (JacksonException wrong) {
                // Without its message, which quotes what it could not read.
                return JsonMapper.shared().missingNode();
            }
        }

        private static String names(JsonNode object) {
            var names = List.copyOf(object.propertyNames());
            return names.stream().limit(SHOWN).map(Named::shown).collect(Collectors.joining(", "))
                    + (names.size() > SHOWN ? ", …" : "");
        }

        private static String shown(String name) {
            return Shown.plain(name);
        }
    }

    private static String filled(String text, String wrong) throws SecretException {
        if (text.isEmpty()) {
            throw new SecretException(wrong);
        }
        return text;
    }
}
