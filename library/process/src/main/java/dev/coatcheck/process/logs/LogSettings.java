package dev.coatcheck.process.logs;

import ch.qos.logback.classic.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;

/**
 * What the variables say about logging. A wrong value falls back to its default and is complained about in the log, rather
 * than leaving a process without one.
 *
 * @param levels     by the name of a logger; the root's is always there
 * @param complaints about values that cannot be read
 */
record LogSettings(Map<String, Level> levels, boolean pretty, boolean colours, List<String> complaints) {

    static LogSettings from(Map<String, String> environment, boolean terminal) {
        var complaints = new ArrayList<String>();
        var levels = levels(environment.getOrDefault("LOG_LEVEL", ""), complaints);
        var pretty =
                switch (environment.getOrDefault("LOG_FORMAT", "").strip().toLowerCase(Locale.ROOT)) {
                    case "pretty" -> true;
                    case "json" -> false;
                    case "" -> terminal;
                    default -> {
                        complaints.add("LOG_FORMAT is neither json nor pretty");
                        yield terminal;
                    }
                };
        var colours = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new LogSettings(levels, pretty, colours, complaints);
    }

    private static Map<String, Level> levels(String text, List<String> complaints) {
        var levels = new LinkedHashMap<String, Level>();
        levels.put(Logger.ROOT_LOGGER_NAME, Level.INFO);
        for (var part : text.split(",", -1)) {
            var equals = part.indexOf('=');
            var logger = equals < 0
                    ? Logger.ROOT_LOGGER_NAME
                    : part.substring(0, equals).strip();
            var level = part.substring(equals + 1).strip();
            switch (level.toLowerCase(Locale.ROOT)) {
                case "trace", "debug", "info", "warn", "error", "off" -> levels.put(logger, Level.valueOf(level));
                case "" -> {}
                default ->
                    complaints.add("LOG_LEVEL holds a level that is none of trace, debug, info, warn, error, off");
            }
        }
        return levels;
    }
}
