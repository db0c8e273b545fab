package dev.coatcheck.process.logs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** One event for a person at a terminal: local time, short logger, message, fields, and the stack trace below. */
final class PrettyLayout extends LayoutBase<ILoggingEvent> {
    private static final String RESET = "\u001b[0m";
    private static final String FAINT = "\u001b[2m";

    private final DateTimeFormatter time =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    private final boolean colours;

    PrettyLayout(boolean colours) {
        this.colours = colours;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        var logger = event.getLoggerName();
        var line = new StringBuilder()
                .append(coloured(FAINT, time.format(event.getInstant())))
                .append(' ')
                .append(coloured(colour(event.getLevel()), "%-5s".formatted(event.getLevel())))
                .append(' ')
                .append(coloured(FAINT, harmless(logger.substring(logger.lastIndexOf('.') + 1))))
                .append("  ")
                .append(harmless(event.getFormattedMessage()));
        Fields.of(event)
                .forEach((name, value) -> line.append("  ")
                        .append(coloured(FAINT, harmless(name) + "="))
                        .append(harmless(Fields.text(value))));
        var thrown = event.getThrowableProxy();
        if (thrown != null) {
            line.append(harmless('\n' + ThrowableProxyUtil.asString(thrown).stripTrailing()));
        }
        return line.append('\n').toString();
    }

    private String coloured(String colour, String text) {
        return colours ? colour + text + RESET : text;
    }

    private static String colour(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> "\u001b[31m";
            case Level.WARN_INT -> "\u001b[33m";
            case Level.INFO_INT -> "\u001b[32m";
            default -> FAINT;
        };
    }

    /** Newlines stay but are indented, so that no text can pretend to be a line of its own. */
    private static String harmless(String text) {
        var safe = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> {
            if (codePoint == '\n') {
                safe.append("\n    ");
            } else if (codePoint == '\t') {
                safe.append("  ");
            } else if (Escaped.isHarmless(codePoint)) {
                safe.appendCodePoint(codePoint);
            } else if (codePoint != '\r') {
                safe.append("\\u%04x".formatted(codePoint));
            }
        });
        return safe.toString();
    }
}
