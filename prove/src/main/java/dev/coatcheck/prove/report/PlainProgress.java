package dev.coatcheck.prove.report;

import java.io.Flushable;
import java.io.IOException;
import java.time.Duration;

/** Lines that stay, few enough for the log of a CI system: phases and what came of them, notes, and every tenth run of a long phase. */
final class PlainProgress implements Progress {
    private static final int SELDOM = 10;

    private final Appendable log;
    private volatile long began = System.nanoTime();
    private volatile int lastTold;

    PlainProgress(Appendable log) {
        this.log = log;
    }

    @Override
    public void phase(String name) {
        began = System.nanoTime();
        line(name);
    }

    @Override
    public void ended(String how) {
        line("  " + how + ", " + sinceItBegan());
    }

    private String sinceItBegan() {
        return Summary.time(Duration.ofNanos(System.nanoTime() - began));
    }

    @Override
    public void run(String purpose, int number, int of) {
        // A check that is no plan of runs comes again and again with the number of the next.
        if (number % SELDOM == 0 && number != lastTold) {
            lastTold = number;
            line("  run " + number + (of > 0 ? " of " + of : "") + " begins after " + sinceItBegan());
        }
    }

    @Override
    public void step(int number, int of, String request) {}

    @Override
    public void note(String sentence) {
        line("  " + sentence);
    }

    @Override
    public void close() {}

    private synchronized void line(String text) {
        try {
            log.append("coatcheck | ").append(OneLine.of(Hidden.in(text))).append('\n');
            if (log instanceof Flushable flushable) {
                flushable.flush();
            }
        } catch (IOException e) {
            // Nobody reads the log any more; the proof goes on and its report tells the rest.
        }
    }
}
