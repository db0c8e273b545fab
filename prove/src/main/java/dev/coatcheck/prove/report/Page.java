package dev.coatcheck.prove.report;

import java.util.List;
import java.util.regex.Pattern;

/** Lines for a terminal, as wide as it is. */
final class Page {
    private static final String RESET = "\u001b[0m";
    private static final String BOLD = "\u001b[1m";
    private static final String GREEN = "\u001b[1;32m";
    private static final String RED = "\u001b[1;31m";
    private static final String YELLOW = "\u001b[1;33m";
    private static final String CYAN = "\u001b[36m";

    /** What no break comes at. */
    private static final String TOGETHER = "\u00A0";

    private static final Pattern BEFORE_UNIT = Pattern.compile("(?<=[0-9]) (?=(?:ms|s|min|bytes?|kB)(?!\\p{L}))");

    private final Screen screen;
    private final StringBuilder text = new StringBuilder();

    Page(Screen screen) {
        this.screen = screen;
    }

    String text() {
        return text.toString();
    }

    void blank() {
        text.append('\n');
    }

    /** @param verdict the word for it, which may be that it failed though no state was found */
    void verdict(Report report, String verdict, String headline) {
        String colour =
                switch (report.verdict()) {
                    case STATELESS -> report.exitStatus() == 0 ? GREEN : RED;
                    case STATEFUL -> RED;
                    case INCONCLUSIVE -> YELLOW;
                };
        String word = verdict + ":";
        hanging(colour, word, word.length() + 1, headline);
    }

    void heading(String words) {
        line(painted(BOLD, shown(words)));
    }

    void paragraph(String indent, String words) {
        for (String line : wrapped(words, screen.columns() - Columns.of(indent))) {
            line(indent + line);
        }
    }

    /** A point of a list. */
    void item(String words) {
        hanging("", "  -", 4, words);
    }

    /** A check and how it ended, as {@code passed  spread: …}. */
    void check(CheckResult check) {
        String colour =
                switch (check.outcome()) {
                    case PASSED -> GREEN;
                    case FAILED -> check.explained() ? "" : RED;
                    case INCONCLUSIVE -> YELLOW;
                    case SKIPPED -> "";
                };
        hanging(colour, check.outcome().word(), 13, check.name() + ": " + check.why());
    }

    /** What a program wrote, line by line: its indentation says which lines belong together. */
    void output(String indent, String line) {
        line(indent + shown(line.replace("\t", "    ")));
    }

    /** A path: never broken, so that it can be searched for. */
    void whole(String indent, String words) {
        line(indent + shown(words));
    }

    /** A command: on a line of its own, never broken, so that it can be copied. */
    void command(String command) {
        line("    " + painted(CYAN, shown(command)));
    }

    /** A word and what follows it, all lines of which begin in one column. */
    private void hanging(String colour, String word, int column, String rest) {
        String lead = word + " ".repeat(column - word.length());
        String before = painted(colour, word) + lead.substring(word.length());
        for (String line : wrapped(rest, screen.columns() - column)) {
            line(before + line);
            before = " ".repeat(column);
        }
    }

    /** "step 2" stays together, and a number with its unit. */
    private List<String> wrapped(String words, int columns) {
        String together = BEFORE_UNIT
                .matcher(shown(words).replace("step ", "step" + TOGETHER))
                .replaceAll(TOGETHER);
        return Columns.wrapped(together, columns).stream()
                .map(line -> line.replace(TOGETHER, " "))
                .toList();
    }

    private void line(String line) {
        text.append(line.stripTrailing()).append('\n');
    }

    private String painted(String colour, String words) {
        return screen.colours() && !colour.isEmpty() ? colour + words + RESET : words;
    }

    private String shown(String words) {
        String line = OneLine.of(words);
        return screen.unicode() ? line : Ascii.of(line);
    }
}
