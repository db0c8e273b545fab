package dev.coatcheck.cli;

import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * The line by which a report's reader sees a leak again: what was typed, without what chooses checks and reports, as a POSIX
 * shell takes it. Values of variables may be secrets, and a report is passed on: so the line takes them from variables of
 * the shell with the same names.
 */
final class ToSeeAgain {
    private static final Set<String> LEFT_OUT = Set.of("--checks", "--report", "--baseline");
    private static final Set<String> LEFT_OUT_FLAGS = Set.of("--write-baseline", "--strict");
    private static final Set<String> ASSIGNING = Set.of("--env", "--variable");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,@%+-]+");

    private ToSeeAgain() {}

    static String command(List<String> arguments) {
        StringJoiner line = new StringJoiner(" ", "coatcheck ", "");
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            String option = argument.startsWith("--") ? argument.replaceFirst("(?s)=.*", "") : "";
            boolean hasNext = argument.equals(option) && i + 1 < arguments.size();
            if (LEFT_OUT.contains(option)) {
                i += hasNext ? 1 : 0;
            } else if (ASSIGNING.contains(option) && (hasNext || !argument.equals(option))) {
                String assignment = hasNext ? arguments.get(++i) : argument.substring(option.length() + 1);
                line.add(option).add(fromShell(assignment));
            } else if (!LEFT_OUT_FLAGS.contains(option)) {
                line.add(quoted(argument));
            }
        }
        return line.toString();
    }

    private static String fromShell(String assignment) {
        String name = assignment.replaceFirst("(?s)=.*", "");
        String variable = name.replaceAll("[^A-Za-z0-9_]", "_").replaceFirst("^(?=[0-9])", "_");
        return quoted(name) + "=\"$" + variable + "\"";
    }

    private static String quoted(String argument) {
        return PLAIN.matcher(argument).matches() ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
