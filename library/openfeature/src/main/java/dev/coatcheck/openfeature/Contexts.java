package dev.coatcheck.openfeature;

import dev.coatcheck.state.flags.Audience;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.Value;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OpenFeature's context as whom a flag is asked for. */
final class Contexts {
    private Contexts() {}

    static Audience audience(@Nullable EvaluationContext context) {
        if (context == null) {
            return Audience.nobody();
        }
        Map<String, String> attributes = new HashMap<>();
        context.asMap().forEach((name, value) -> {
            var text = text(value);
            if (text != null) {
                attributes.put(name, text);
            }
        });
        var key = context.getTargetingKey();
        return new Audience(key == null ? "" : key, attributes);
    }

    /** As a rule would be written; null for what rules do not look at. */
    private static @Nullable String text(@Nullable Value value) {
        if (value == null || value.isNull() || value.isList() || value.isStructure()) {
            return null;
        }
        if (value.isNumber()) {
            double number = value.asDouble();
            return number == Math.rint(number) && Math.abs(number) < 1e15
                    ? Long.toString((long) number)
                    : Double.toString(number);
        }
        return String.valueOf(value.asObject());
    }
}
