package dev.coatcheck.formation.supervision;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last lines that a process wrote, for the message when it ends. Safe for use by several threads. */
final class RecentLines {
    private static final int MOST = 10;
    private static final int LENGTH = 500;

    private final Deque<String> lines = new ArrayDeque<>();

    synchronized void add(String line) {
        if (lines.size() == MOST) {
            lines.removeFirst();
        }
        lines.addLast(line.length() > LENGTH ? line.substring(0, LENGTH) + "…" : line);
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
