package dev.coatcheck.process.config;

import dev.coatcheck.process.config.Setting.WhenUnset;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;

/** Reads from a record's component, its type and its annotations, which variable it wants and how. */
record Component(RecordComponent component, Type type, boolean optional) {

    static Component of(RecordComponent component) {
        var type = component.getGenericType();
        return argument(type, Optional.class)
                .map(inner -> new Component(component, inner, true))
                .orElseGet(() -> new Component(component, type, false));
    }

    Setting setting(String name) {
        var format = format();
        var description = component.getAnnotation(Describe.class);
        var example = component.getAnnotation(Example.class);
        if (example != null) {
            parse(format, "@Example", example.value());
        }
        return new Setting(
                name,
                format,
                whenUnset(format),
                description == null ? "" : description.value(),
                example == null ? format.example() : example.value());
    }

    private Format format() {
        var item = argument(type, List.class);
        var scalar = item.orElse(type) instanceof Class<?> plain ? Formats.of(plain) : Optional.<Format>empty();
        var format = scalar.orElseThrow(() -> mistake("has a type that cannot be read from a variable: " + type));
        var range = component.getAnnotation(Range.class);
        if (range != null) {
            if (!(item.orElse(type) instanceof Class<?> number
                    && List.<Class<?>>of(int.class, Integer.class, long.class, Long.class)
                            .contains(number))) {
                throw mistake("has a @Range but is no int or long: " + type);
            }
            format = format.within(range);
        }
        return item.isPresent() ? Formats.listOf(format) : format;
    }

    private WhenUnset whenUnset(Format format) {
        var fallback = component.getAnnotation(Default.class);
        if (fallback == null) {
            return optional ? new WhenUnset.Empty() : new WhenUnset.Refuse();
        }
        if (optional) {
            throw mistake("is an Optional with a @Default, so it could never be empty; drop one of the two");
        }
        return new WhenUnset.Fallback(fallback.value(), parse(format, "@Default", fallback.value()));
    }

    private Object parse(Format format, String annotation, String text) {
        try {
            return format.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw mistake("has %s(\"%s\"), which %s".formatted(annotation, text, wrong.getMessage()));
        }
    }

    private IllegalArgumentException mistake(String what) {
        return new IllegalArgumentException(
                component.getDeclaringRecord().getName() + "." + component.getName() + " " + what);
    }

    private static Optional<Type> argument(Type type, Class<?> raw) {
        return type instanceof ParameterizedType generic && generic.getRawType() == raw
                ? Optional.of(generic.getActualTypeArguments()[0])
                : Optional.empty();
    }
}
