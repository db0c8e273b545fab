package dev.coatcheck.formation.supervision;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The last lines that a process wrote, for the message when it ends or fails. Safe for use by several threads. */
final class RecentLines {
    private static final int KEPT = 100;
    private static final int SHOWN = 12;
    private static final int SHOWN_OF_FAILURE = 6;
    private static final int LENGTH = 500;

    /** Of a stack trace, in Java and Node, the lines between the message and the end. */
    private static final Pattern FRAME = Pattern.compile("\\s+(at |\\.\\.\\. \\d+ (common frames omitted|more)).*");

    private final Deque<String> lines = new ArrayDeque<>();
    private long written;

    synchronized void add(String line) {
        if (lines.size() == KEPT) {
            lines.removeFirst();
        }
        lines.addLast(line.length() > LENGTH ? line.substring(0, LENGTH) + "…" : line);
        written++;
    }

    /** The last of them, without the frames of stack traces, which would push out what went wrong. */
    synchronized List<String> lines() {
        return last(
                SHOWN,
                lines.stream()
                        .filter(line -> !line.isBlank() && !FRAME.matcher(line).matches()));
    }

    /** How many there were so far. */
    synchronized long written() {
        return written;
    }

    /**
     * The last of those that came after so many, as far as they begin at the margin: in a trace, of whatever language, that is
     * the message, and what is indented is its frames.
     */
    synchronized List<String> since(long before) {
        return last(
                SHOWN_OF_FAILURE,
                lines.stream()
                        .skip(Math.max(0, lines.size() - (written - before)))
                        .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0))));
    }

    private static List<String> last(int most, Stream<String> lines) {
        List<String> all = lines.toList();
        return all.subList(Math.max(0, all.size() - most), all.size());
    }
}
