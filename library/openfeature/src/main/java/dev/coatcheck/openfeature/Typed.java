package dev.coatcheck.openfeature;

import dev.coatcheck.state.flags.FlagValue;
import dev.openfeature.sdk.Value;
import java.util.Optional;

/** The values of flags as OpenFeature's types; nothing where it is another. A whole number is a real one too. */
final class Typed {
    private Typed() {}

    static Optional<Boolean> bool(FlagValue value) {
        return value instanceof FlagValue.Bool(boolean on) ? Optional.of(on) : Optional.empty();
    }

    static Optional<String> text(FlagValue value) {
        return value instanceof FlagValue.Text(String text) ? Optional.of(text) : Optional.empty();
    }

    static Optional<Long> whole(FlagValue value) {
        return value instanceof FlagValue.Whole(long number) ? Optional.of(number) : Optional.empty();
    }

    static Optional<Integer> integer(FlagValue value) {
        return whole(value)
                .filter(number -> number >= Integer.MIN_VALUE && number <= Integer.MAX_VALUE)
                .map(Long::intValue);
    }

    static Optional<Double> real(FlagValue value) {
        return switch (value) {
            case FlagValue.Real(double number) -> Optional.of(number);
            case FlagValue.Whole(long number) -> Optional.of((double) number);
            case FlagValue.Bool(boolean on) -> Optional.empty();
            case FlagValue.Text(String text) -> Optional.empty();
        };
    }

    static Optional<Value> any(FlagValue value) {
        return Optional.of(
                switch (value) {
                    case FlagValue.Real(double number) -> new Value(number);
                    case FlagValue.Whole(long number) -> new Value(number);
                    case FlagValue.Bool(boolean on) -> new Value(on);
                    case FlagValue.Text(String text) -> new Value(text);
                });
    }
}
