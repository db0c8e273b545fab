package dev.coatcheck.prove.report;

/**
 * Who is told how far a proof is, while it is under way. May be called from several threads; never blocks for long and
 * never fails the proof.
 */
public interface Progress extends AutoCloseable {

    /** A phase begins: {@code control}, {@code spread}, {@code causes}. */
    void phase(String name);

    /** The phase has ended, and so: {@code failed, 2 leaks}. */
    void ended(String how);

    /**
     * A run of the phase begins.
     *
     * @param purpose in words: {@code confirm split 3}
     * @param number counted from 1
     * @param of how many there will be in this phase; 0 where nobody knows yet
     */
    void run(String purpose, int number, int of);

    /** A step of the run is being sent: {@code step 2 of 4, GET /me}. */
    void step(int number, int of, String request);

    /** Something that deserves a line of its own, and stays: a leak was found, a check is skipped. */
    void note(String sentence);

    /** Ends the display; what is printed afterwards begins on a line of its own. */
    @Override
    void close();

    /** One that tells nobody. */
    static Progress silent() {
        return new SilentProgress();
    }

    /** One line that changes in place, for a terminal of that many columns. */
    static Progress onTerminal(Appendable terminal, int columns) {
        return new TerminalProgress(terminal, columns);
    }

    /** Lines for each phase, as it begins and ends, and for each note, for logs. */
    static Progress plain(Appendable log) {
        return new PlainProgress(log);
    }
}
