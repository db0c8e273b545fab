package dev.coatcheck.formation.application;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Heroku's Procfile, taken strictly: what others skip in silence is told here.
 *
 * <pre>
 * file    = *( [ line ] LF )              ; CR LF and CR too, and no end of line at the end of the file
 * line    = name ":" command / comment    ; blank lines are skipped
 * name    = 1*63( letter / digit / "-" / "_" )
 * command = whatever the shell takes, up to the end of the line
 * comment = *space "#" anything
 * </pre>
 */
final class Procfile {
    private static final Pattern LINE = Pattern.compile("([^:]*):(.*)", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,63}");

    /** Linux passes no longer argument to a program: 128 KiB with the zero at its end, and "exec " may come in front. */
    private static final int MOST_BYTES = (128 << 10) - 6;

    private Procfile() {}

    /** The process types in the order of the file. */
    static Map<String, ProcessType> parse(String file, String text, Problems problems) {
        Map<String, ProcessType> types = new LinkedHashMap<>();
        Map<String, Integer> lines = new HashMap<>();
        int number = 0;
        boolean empty = true;
        for (String line : text.split("[\n\r]", -1)) {
            number++;
            if (line.isBlank() || line.stripLeading().startsWith("#")) {
                continue;
            }
            empty = false;
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                problems.addAtLine(
                        file, number, "has no colon; a line reads 'name: command', as in 'web: node server.js'");
                continue;
            }
            String name = matcher.group(1);
            String command = matcher.group(2).strip();
            Integer before = lines.putIfAbsent(name, number);
            if (!NAME.matcher(name).matches()) {
                problems.addAtLine(file, number, "'" + name + "' is no name for a process type: " + wrong(name));
            } else if (before != null) {
                problems.addAtLine(
                        file, number, "the process type '" + name + "' was defined in line " + before + " already");
            } else if (command.isEmpty()) {
                problems.addAtLine(file, number, "the process type '" + name + "' has no command");
            } else {
                int at = number;
                wrongWith(command)
                        .ifPresentOrElse(
                                wrong -> problems.addAtLine(file, at, "the command of '" + name + "' " + wrong),
                                () -> types.put(name, new ProcessType(name, command)));
            }
        }
        if (empty) {
            problems.add(file, "defines no process type; a line reads 'name: command', as in 'web: node server.js'");
        }
        return types;
    }

    /** Why a command cannot be started as it is, in words that follow "the command". */
    static Optional<String> wrongWith(String command) {
        if (command.isBlank()) {
            return Optional.of("is empty");
        }
        if (command.endsWith("\\")) {
            return Optional.of("ends in a backslash, and does not go on in the next line: a command is one line");
        }
        if (command.endsWith("&") && !command.endsWith("&&")) {
            return Optional.of(
                    "ends in '&', which leaves it in the background, so that the process ends at once; leave the"
                            + " '&' out");
        }
        int bytes = command.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MOST_BYTES) {
            return Optional.of("is " + bytes + " bytes long, and no system starts one of more than " + MOST_BYTES
                    + "; put it into a script");
        }
        return ShellSyntax.problem(command).map(said -> "is none that the shell can read: " + said);
    }

    private static String wrong(String name) {
        if (!name.isEmpty() && NAME.matcher(name.strip()).matches()) {
            return "it begins at the start of its line, and its colon follows at once";
        }
        return "it takes 1 to 63 letters, digits, '-' and '_'";
    }
}
