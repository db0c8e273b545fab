package dev.coatcheck.process.config;

import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The formats of the types that a component may have. */
final class Formats {
    private static final Map<Class<?>, Format> SCALARS = Map.ofEntries(
            Map.entry(String.class, Format.of("a text", "some text", text -> text)),
            Map.entry(Secret.class, new Format("a secret text", "change-me", true, Secret::of)),
            Map.entry(int.class, whole(Integer.MIN_VALUE, Integer.MAX_VALUE, BigInteger::intValue)),
            Map.entry(long.class, whole(Long.MIN_VALUE, Long.MAX_VALUE, BigInteger::longValue)),
            Map.entry(double.class, Format.of("a number", "0.5", Formats::real)),
            Map.entry(boolean.class, Format.of("true or false", "true", Formats::truth)),
            Map.entry(Duration.class, Format.of("a duration", "30s", Durations::parse)),
            Map.entry(URI.class, Format.of("a URL", "https://example.com", Formats::uri)),
            Map.entry(Path.class, Format.of("a path", "/var/data", Formats::path)));

    private static final Map<Class<?>, Class<?>> BOXES = Map.of(
            Integer.class, int.class, Long.class, long.class, Double.class, double.class, Boolean.class, boolean.class);

    private Formats() {}

    /** The format of {@code type}, or empty where values of it cannot be read. */
    static Optional<Format> of(Class<?> type) {
        if (type.isEnum()) {
            return Optional.of(oneOf(type));
        }
        return Optional.ofNullable(SCALARS.get(BOXES.getOrDefault(type, type)));
    }

    static Format listOf(Format item) {
        return new Format(
                "a list, separated by commas, each " + item.expected(),
                item.example(),
                item.secret(),
                text -> text.isBlank()
                        ? List.of()
                        : Stream.of(text.split(",", -1))
                                .map(String::strip)
                                .map(one -> item(item, one))
                                .toList());
    }

    private static Object item(Format format, String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("has an empty item");
        }
        try {
            return format.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("has an item that " + wrong.getMessage(), wrong);
        }
    }

    private static Format whole(long min, long max, Function<BigInteger, Object> narrow) {
        return Format.of("a whole number", "10", text -> {
            var digits = text.strip();
            // Bounded before it is parsed: the time to parse a number grows faster than its length.
            if (!digits.matches("[+-]?[0-9]{1,100}")) {
                throw new IllegalArgumentException("is not a whole number");
            }
            var number = new BigInteger(digits);
            if (number.compareTo(BigInteger.valueOf(min)) < 0 || number.compareTo(BigInteger.valueOf(max)) > 0) {
                throw new IllegalArgumentException("is not from " + min + " to " + max);
            }
            return narrow.apply(number);
        });
    }

    private static Object real(String text) {
        if (!text.strip().matches("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?")) {
            throw new IllegalArgumentException("is not a number");
        }
        var number = Double.parseDouble(text.strip());
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("is too large");
        }
        return number;
    }

    private static Object truth(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("is neither true nor false");
        };
    }

    private static Object uri(String text) {
        try {
            var uri = new URI(text.strip());
            if (!uri.isAbsolute()) {
                throw new IllegalArgumentException("does not begin with a scheme such as https:");
            }
            return uri;
        } catch (URISyntaxException wrong) {
            // The reason alone, and no cause: the exception's own message repeats the text, password and all.
            throw new IllegalArgumentException("is not a URL (" + wrong.getReason() + ")");
        }
    }

    private static Object path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException wrong) {
            throw new IllegalArgumentException("is not a path (" + wrong.getReason() + ")", wrong);
        }
    }

    private static Format oneOf(Class<?> type) {
        var constants = type.getEnumConstants();
        var names = Arrays.stream(constants).map(Formats::spelled).collect(Collectors.joining(", "));
        return Format.of(
                "one of " + names,
                constants.length == 0 ? "" : spelled(constants[0]),
                text -> Arrays.stream(constants)
                        .filter(constant -> spelled(constant).equals(spelled(text.strip())))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("is none of " + names)));
    }

    private static String spelled(Object constant) {
        var name = constant instanceof Enum<?> known ? known.name() : constant.toString();
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
