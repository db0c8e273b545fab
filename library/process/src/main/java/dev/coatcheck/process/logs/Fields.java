package dev.coatcheck.process.logs;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields that the program adds to a line: the MDC's, then the event's own key-values, which win. */
final class Fields {
    private Fields() {}

    static Map<String, @Nullable Object> of(ILoggingEvent event) {
        var fields = new LinkedHashMap<String, @Nullable Object>(event.getMDCPropertyMap());
        var pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(pair -> fields.put(String.valueOf(pair.key), pair.value));
        }
        return fields;
    }

    /** {@code value} as text, whatever its {@code toString} does: a log call must not fail the work it reports on. */
    static String text(@Nullable Object value) {
        try {
            return String.valueOf(value);
        } catch (RuntimeException broken) {
            return "(toString failed with " + broken.getClass().getName() + ")";
        }
    }
}
