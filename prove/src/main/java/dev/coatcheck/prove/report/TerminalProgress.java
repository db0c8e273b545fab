package dev.coatcheck.prove.report;

import java.io.Flushable;
import java.io.IOException;

/** One line that is written over again and again; notes stay above it. */
final class TerminalProgress implements Progress {
    private static final String FROM_THE_START = "\r\u001b[K";

    private final Appendable terminal;
    private final int columns;
    private String phase = "";
    private String run = "";
    private boolean shown;

    TerminalProgress(Appendable terminal, int columns) {
        this.terminal = terminal;
        this.columns = columns;
    }

    @Override
    public synchronized void phase(String name) {
        phase = name;
        run = "";
        show(phase);
    }

    /** The report tells it, as soon as all have ended. */
    @Override
    public void ended(String how) {}

    @Override
    public synchronized void run(String purpose, int number, int of) {
        run = ", run " + number + (of > 0 ? " of " + of : "") + (purpose.isBlank() ? "" : " (" + purpose + ")");
        show(phase + run);
    }

    @Override
    public synchronized void step(int number, int of, String request) {
        show(phase + run + ", step " + number + " of " + of + ", " + Hidden.in(request));
    }

    @Override
    public synchronized void note(String sentence) {
        write((shown ? FROM_THE_START : "") + OneLine.of(Hidden.in(sentence)) + "\n");
        shown = false;
        if (!phase.isEmpty()) {
            show(phase + run);
        }
    }

    @Override
    public synchronized void close() {
        if (shown) {
            write(FROM_THE_START);
            shown = false;
        }
    }

    /** One column stays free: a terminal that is full to the last one wraps, and the line could not be taken back. */
    private void show(String text) {
        write(FROM_THE_START + Columns.cut(OneLine.of(text), Math.max(1, columns - 1)));
        shown = true;
    }

    private void write(String text) {
        try {
            terminal.append(text);
            if (terminal instanceof Flushable flushable) {
                flushable.flush();
            }
        } catch (IOException e) {
            // The terminal is gone; the proof goes on without an audience.
        }
    }
}
