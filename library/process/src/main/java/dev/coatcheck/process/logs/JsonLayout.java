package dev.coatcheck.process.logs;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;

/** One event as one line of JSON; see {@link Logs}. */
final class JsonLayout extends LayoutBase<ILoggingEvent> {
    /** What container runtimes pass on without splitting a line. */
    static final int LINE_LIMIT = 16 * 1024;

    private static final int MESSAGE_LIMIT = 6 * 1024;
    private static final int FIELD_LIMIT = 2 * 1024;

    /** Kept from the program's fields, so that the stack trace always has some room. */
    private static final int ERROR_ROOM = 4 * 1024;

    private static final Set<String> OURS = Set.of("time", "level", "logger", "message", "instance", "error");

    // Always three digits of a second, so that lines sort as texts.
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final String instance;

    JsonLayout(String instance) {
        this.instance = instance;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        var line = new JsonLine(LINE_LIMIT)
                .field("time", TIME.format(event.getInstant()), FIELD_LIMIT)
                .field("level", event.getLevel(), FIELD_LIMIT)
                .field("logger", event.getLoggerName(), FIELD_LIMIT)
                .field("message", event.getFormattedMessage(), MESSAGE_LIMIT)
                .field("instance", instance, FIELD_LIMIT);
        Fields.of(event)
                .forEach((name, value) -> line.field(
                        OURS.contains(name) ? name + "_" : name,
                        value,
                        Math.min(FIELD_LIMIT, line.room() - ERROR_ROOM)));
        var thrown = event.getThrowableProxy();
        if (thrown != null) {
            line.field("error", ThrowableProxyUtil.asString(thrown), LINE_LIMIT);
        }
        return line.end();
    }
}
