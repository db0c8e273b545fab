package dev.coatcheck.process.config;

import dev.coatcheck.process.config.Environment.Found;
import dev.coatcheck.process.config.Setting.WhenUnset;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Fills one record. Goes on after a problem, so that all of them are found. */
final class Filling {
    private final Environment environment;
    private final NearNames nearNames;
    private final Consumer<Problem> problems;
    private final Consumer<String> warnings;

    Filling(Group root, Environment environment, Consumer<Problem> problems, Consumer<String> warnings) {
        this.environment = environment;
        this.nearNames = new NearNames(environment.names(), root);
        this.problems = problems;
        this.warnings = warnings;
    }

    /** The value of {@code part}, or null where it has a problem, which was then told. */
    @Nullable
    Object fill(Part part) {
        return switch (part) {
            case Setting setting -> read(setting);
            case Group group -> construct(group);
        };
    }

    private @Nullable Object read(Setting setting) {
        return switch (environment.find(setting)) {
            case Found.Text found -> parse(setting, found);
            case Found.Nothing() -> absent(setting);
            case Found.Unusable unusable ->
                refuse(setting, unusable.subject(), unusable.wrong(), unusable.help().stream());
        };
    }

    private @Nullable Object parse(Setting setting, Found.Text found) {
        try {
            var value = followed(setting.format().parse(found.text()), found);
            return setting.whenUnset() instanceof WhenUnset.Empty ? Optional.of(value) : value;
        } catch (IllegalArgumentException wrong) {
            var shown = Shown.value(setting.format(), found.text());
            return refuse(setting, setting.name(), "is " + shown + found.origin() + ", which " + wrong.getMessage());
        }
    }

    /** A secret alone is what may change while the process lives; all else is what it was at the start. */
    private static Object followed(Object value, Found.Text found) {
        var followed = found.followed();
        return value instanceof Secret && followed != null ? Secret.following(followed) : value;
    }

    private @Nullable Object absent(Setting setting) {
        var near = nearNames.of(setting).map(NearNames.Near::question);
        return switch (setting.whenUnset()) {
            case WhenUnset.Refuse() -> refuse(setting, setting.name(), "is not set", near.stream());
            case WhenUnset.Empty() -> {
                near.ifPresent(question -> warnings.accept(question + " It is left out."));
                yield Optional.empty();
            }
            case WhenUnset.Fallback fallback -> {
                near.ifPresent(question -> warnings.accept(question + " It has its default."));
                yield fallback.value();
            }
        };
    }

    private @Nullable Object refuse(Setting setting, String subject, String wrong) {
        return refuse(setting, subject, wrong, Stream.empty());
    }

    private @Nullable Object refuse(Setting setting, String subject, String wrong, Stream<String> hints) {
        var description = Stream.of(setting.description()).filter(text -> !text.isEmpty());
        var expected = "Expected: %s, such as %s".formatted(setting.format().expected(), setting.example());
        var help = Stream.of(hints, description, Stream.of(expected)).flatMap(lines -> lines);
        problems.accept(new Problem(subject, wrong, help.toList()));
        return null;
    }

    private @Nullable Object construct(Group group) {
        var values = group.parts().stream().map(this::fill).toArray();
        for (var value : values) {
            if (value == null) {
                return null;
            }
        }
        try {
            return group.constructor().newInstance(values);
        } catch (InvocationTargetException failed) {
            if (failed.getCause() instanceof IllegalArgumentException refusal) {
                problems.accept(refusal(group, refusal));
                return null;
            }
            throw new IllegalStateException(
                    "The constructor of " + group.type().getName() + " failed", failed.getCause());
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("Cannot construct " + group.type().getName(), impossible);
        }
    }

    private static Problem refusal(Group group, IllegalArgumentException refusal) {
        var message = Optional.ofNullable(refusal.getMessage()).orElse("it does not say why");
        var names = group.settings().map(Setting::name).collect(Collectors.joining(", "));
        return new Problem(
                group.type().getSimpleName(),
                "refuses its values: " + Shown.message(message),
                List.of("It is made of " + names));
    }
}
