package dev.coatcheck.servlet;

import dev.coatcheck.state.sessions.Changes;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

/**
 * Session attributes as JSON.
 *
 * <p>Text, truth values, {@code int} and {@code double} are plain JSON. Everything else says what it is:
 * {@code {"v": 1, "type": "long", "value": 5}}; lists, sets and maps hold such values in turn. {@code v} is the version
 * of this format.
 *
 * <p>A type's name is looked up in the application's allow-list and never loaded as a class: whoever can write to the
 * store can put other values into a session, but cannot choose what code reads them.
 */
final class SessionJson {
    private static final int FORMAT = 1;
    private static final String LIST = "list";
    private static final String SET = "set";
    private static final String MAP = "map";
    private static final Map<String, Class<?>> BUILT_IN = Map.ofEntries(
            Map.entry("long", Long.class),
            Map.entry("short", Short.class),
            Map.entry("byte", Byte.class),
            Map.entry("float", Float.class),
            Map.entry("char", Character.class),
            Map.entry("integer", BigInteger.class),
            Map.entry("decimal", BigDecimal.class),
            Map.entry("instant", Instant.class),
            Map.entry("date", LocalDate.class),
            Map.entry("time", LocalTime.class),
            Map.entry("datetime", LocalDateTime.class),
            Map.entry("duration", Duration.class),
            Map.entry("uuid", UUID.class),
            Map.entry("uri", URI.class),
            Map.entry("bytes", byte[].class));

    private final Map<String, Class<?>> classes = new HashMap<>(BUILT_IN);
    private final Map<Class<?>, String> names = new HashMap<>();
    private final Map<String, JsonForm<?>> forms;
    private final JsonMapper mapper;
    private final ObjectReader values;

    /**
     * @param types the application's own, by the names that the store keeps
     * @param forms of those that have one of their own, by the same names
     */
    SessionJson(Map<String, Class<?>> types, Map<String, JsonForm<?>> forms) {
        this.forms = forms;
        types.forEach((name, type) -> {
            if (name.equals(LIST) || name.equals(SET) || name.equals(MAP) || classes.putIfAbsent(name, type) != null) {
                throw new IllegalArgumentException("\"" + name + "\" already names another type in sessions");
            }
        });
        classes.forEach((name, type) -> {
            var other = names.putIfAbsent(type, name);
            if (other != null) {
                throw new IllegalArgumentException(
                        "%s has two names in sessions, \"%s\" and \"%s\": leave one of them out"
                                .formatted(type.getName(), other, name));
            }
        });
        var allowed = BasicPolymorphicTypeValidator.builder();
        // As a pattern, since a plain name also allows every class whose name begins with it.
        types.values().forEach(type -> allowed.allowIfSubType(Pattern.compile(Pattern.quote(type.getName()))));
        mapper = JsonMapper.builder()
                // What a class under another release lacks or has in addition is no reason to lose the attribute.
                .disable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                // A time with a zone or an offset comes back with that, and not in UTC.
                .disable(
                        DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
                        DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID)
                .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
                .polymorphicTypeValidator(allowed.build())
                .build();
        values = mapper.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS); // the list goes on
    }

    /**
     * An attribute as it goes to the store.
     *
     * @throws IllegalArgumentException where it cannot, naming the attribute and the type
     */
    String write(String attribute, Object value) {
        var text = new StringWriter();
        try (var generator = mapper.createGenerator(text)) {
            write(generator, value);
        } catch (JacksonException e) {
            throw unwritable(attribute, value, e.getOriginalMessage(), e);
        } catch (RuntimeException e) {
            // Not in the allow-list, or a form that refuses what it was given.
            throw unwritable(attribute, value, String.valueOf(e.getMessage()), e);
        }
        return text.toString();
    }

    /** Refuses a value that cannot be written or stored, or that the next request could not read. */
    void requireReadable(String attribute, Object value) {
        try {
            var json = write(attribute, value);
            Changes.none().put(attribute, json);
            read(json);
        } catch (UnreadableValueException e) {
            throw unwritable(attribute, value, "it could not be read back: " + e.getMessage(), e);
        }
    }

    Object read(String json) throws UnreadableValueException {
        try (var parser = mapper.createParser(json)) {
            parser.nextToken();
            var value = read(parser);
            expect(value != null && parser.nextToken() == null, "it is not one value");
            return Objects.requireNonNull(value);
        } catch (JacksonException e) {
            throw new UnreadableValueException(e.getOriginalMessage(), e);
        } catch (RuntimeException e) {
            // A constructor of the application's own that refuses what was stored.
            throw new UnreadableValueException(e.getMessage(), e);
        }
    }

    private void write(JsonGenerator generator, @Nullable Object value) {
        switch (value) {
            case null -> generator.writeNull();
            case String text -> generator.writeString(text);
            case Boolean truth -> generator.writeBoolean(truth);
            case Integer number -> generator.writeNumber(number);
            case Double number when Double.isFinite(number) -> generator.writeNumber(number);
            case Double number -> throw new IllegalArgumentException(number + " is no number in JSON");
            case List<?> list when !isNamed(list) -> writeAll(generator, LIST, list);
            case Set<?> set when !isNamed(set) -> writeAll(generator, SET, set);
            case Map<?, ?> map when !isNamed(map) -> writeMap(generator, map);
            default -> {
                var type = value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
                var name = names.get(type);
                if (name == null) {
                    throw new IllegalArgumentException(type.getName()
                            + " is not in the allow-list; SessionFilterSettings.withTypes puts it there, in Spring Boot"
                            + " coatcheck.sessions.types");
                }
                begin(generator, name);
                var form = forms.get(name);
                if (form == null) {
                    generator.writePOJO(value);
                } else {
                    generator.writeRawValue(inForm(form, value));
                }
                generator.writeEndObject();
            }
        }
    }

    /**
     * Whether it comes back as what it is, and not as any list, set or map: where it says what it holds, or has a form. Of any
     * objects only the names of their own types would bring them back as they are.
     */
    private boolean isNamed(Object collection) {
        var name = names.get(collection.getClass());
        return name != null
                && (forms.containsKey(name)
                        || !mapper.constructType(collection.getClass())
                                .getContentType()
                                .hasRawClass(Object.class));
    }

    private void writeAll(JsonGenerator generator, String type, Collection<?> values) {
        begin(generator, type);
        generator.writeStartArray();
        values.forEach(value -> write(generator, value));
        generator.writeEndArray();
        generator.writeEndObject();
    }

    private void writeMap(JsonGenerator generator, Map<?, ?> map) {
        begin(generator, MAP);
        generator.writeStartObject();
        map.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw new IllegalArgumentException("a map in a session has keys of type String");
            }
            generator.writeName(name);
            write(generator, value);
        });
        generator.writeEndObject();
        generator.writeEndObject();
    }

    private static void begin(JsonGenerator generator, String type) {
        generator.writeStartObject();
        generator.writeNumberProperty("v", FORMAT);
        generator.writeStringProperty("type", type);
        generator.writeName("value");
    }

    /** Reads the value that begins at the current token, and ends at its last. */
    private @Nullable Object read(JsonParser parser) throws UnreadableValueException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> parser.getString();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT -> parser.getIntValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_NULL -> null;
            case START_OBJECT -> readTyped(parser);
            case null, default -> throw new UnreadableValueException("it is not of this format", null);
        };
    }

    private @Nullable Object readTyped(JsonParser parser) throws UnreadableValueException {
        expect("v".equals(parser.nextName()) && parser.nextIntValue(0) == FORMAT, "it is not of format " + FORMAT);
        expect("type".equals(parser.nextName()), "it has no type");
        var name = parser.nextStringValue();
        expect("value".equals(parser.nextName()), "it has no value");
        parser.nextToken();
        var value =
                switch (name) {
                    case LIST -> readAll(parser, new ArrayList<>());
                    case SET -> readAll(parser, new LinkedHashSet<>());
                    case MAP -> readMap(parser);
                    case null, default -> readOther(parser, name, classes.get(name));
                };
        expect(parser.nextToken() == JsonToken.END_OBJECT, "it goes on after its end");
        return value;
    }

    private Object readOther(JsonParser parser, @Nullable String name, @Nullable Class<?> type)
            throws UnreadableValueException {
        if (type == null) {
            throw new UnreadableValueException("its type is not in the allow-list", null);
        }
        var form = forms.get(name);
        return form == null
                ? values.forType(type).readValue(parser)
                : Objects.requireNonNull(type.cast(form.read(textOf(parser))));
    }

    /** The value that begins at the current token. */
    private String textOf(JsonParser parser) {
        var text = new StringWriter();
        try (var generator = mapper.createGenerator(text)) {
            generator.copyCurrentStructureExact(parser);
        }
        return text.toString();
    }

    /** Of a type that has the form's name. */
    @SuppressWarnings("unchecked")
    private static <T> String inForm(JsonForm<T> form, Object value) {
        return form.write((T) value);
    }

    private Collection<@Nullable Object> readAll(JsonParser parser, Collection<@Nullable Object> into)
            throws UnreadableValueException {
        expect(parser.currentToken() == JsonToken.START_ARRAY, "it is no list");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            into.add(read(parser));
        }
        return into;
    }

    private Map<String, @Nullable Object> readMap(JsonParser parser) throws UnreadableValueException {
        expect(parser.currentToken() == JsonToken.START_OBJECT, "it is no map");
        var map = new LinkedHashMap<String, @Nullable Object>();
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            map.put(name, read(parser));
        }
        return map;
    }

    private static void expect(boolean is, String otherwise) throws UnreadableValueException {
        if (!is) {
            throw new UnreadableValueException(otherwise, null);
        }
    }

    private static IllegalArgumentException unwritable(String attribute, Object value, String reason, Exception cause) {
        return new IllegalArgumentException(
                "session attribute \"%s\" of type %s cannot be kept: %s"
                        .formatted(attribute, value.getClass().getName(), reason),
                cause);
    }
}
