package dev.coatcheck.formation.event;

import java.util.Locale;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A line of an application for a person: one that is a JSON log event is taken apart, any other stays as it is. */
final class AppLine {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** What stands in front of the line already, or says nothing to a person. */
    private static final Set<String> UNSHOWN = Set.of(
            "time",
            "timestamp",
            "@timestamp",
            "ts",
            "@version",
            "level",
            "severity",
            "message",
            "msg",
            "instance",
            "error",
            "stack_trace",
            "logger",
            "thread",
            "pid",
            "hostname");

    private final Colours colours;

    AppLine(Colours colours) {
        this.colours = colours;
    }

    String readable(String line) {
        if (!line.startsWith("{")) {
            return line;
        }
        JsonNode event;
        try {
            event = JSON.readTree(line);
        } catch (JacksonException e) {
            return line;
        }
        String message = first(event, "message", "msg");
        String level = first(event, "level", "severity");
        return message.isEmpty() || level.isEmpty() ? line : readable(event, level.toUpperCase(Locale.ROOT), message);
    }

    private String readable(JsonNode event, String level, String message) {
        StringBuilder text = new StringBuilder();
        if (!level.equals("INFO")) {
            text.append(weighted(level)).append(' ');
        }
        text.append(Printable.text(message));
        event.forEachEntry((name, value) -> {
            if (!UNSHOWN.contains(name)) {
                text.append(colours.faint(
                        Printable.text(" " + name + "=" + (value.isString() ? value.stringValue() : value))));
            }
        });
        String error = first(event, "error", "stack_trace");
        if (!error.isEmpty()) {
            error.stripTrailing()
                    .lines()
                    .forEach(line -> text.append("\n    ").append(Printable.text(line.replace("\t", "    "))));
        }
        return text.toString();
    }

    private String weighted(String level) {
        return switch (level) {
            case "ERROR", "FATAL", "CRITICAL" -> colours.red(level);
            case "WARN", "WARNING" -> colours.yellow(level);
            default -> colours.faint(level);
        };
    }

    private static String first(JsonNode event, String... names) {
        for (String name : names) {
            JsonNode value = event.get(name);
            if (value != null && value.isString()) {
                return value.stringValue();
            }
        }
        return "";
    }
}
