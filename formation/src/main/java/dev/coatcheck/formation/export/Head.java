package dev.coatcheck.formation.export;

import java.util.ArrayList;
import java.util.List;

/** Comments at the head of a file, in the form that all the files here share: lines that begin with a number sign. */
final class Head {
    private static final int WIDTH = 100;

    private Head() {}

    /**
     * The lines without their number signs.
     *
     * @param says what the file is; each element begins a new line
     */
    static List<String> lines(Plan plan, List<String> says, List<String> warnings) {
        List<String> lines = new ArrayList<>();
        lines.add("Written by 'coatcheck export " + plan.engine() + "' from the Procfile of "
                + plan.application().name().replace('\\', '?') + ".");
        says.forEach(text -> lines.addAll(wrapped(text)));
        for (String warning : warnings) {
            lines.add("");
            lines.addAll(wrapped("WARNING: " + warning));
        }
        return lines.stream().map(Head::printable).toList();
    }

    static String text(Plan plan, List<String> says, List<String> warnings) {
        StringBuilder text = new StringBuilder();
        lines(plan, says, warnings)
                .forEach(line -> text.append(line.isEmpty() ? "#" : "# " + line).append('\n'));
        return text.toString();
    }

    /** Whatever a name holds, a comment stays one: no control character and no other line end of YAML's. */
    static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029\\ufeff]", "?");
    }

    /** Broken between words; what is indented is a command and stays in one line. */
    private static List<String> wrapped(String text) {
        if (text.startsWith(" ")) {
            return List.of(text);
        }
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (line.length() + word.length() >= WIDTH && !line.isEmpty()) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
