package dev.coatcheck.process.config;

/**
 * What stood at a place.
 *
 * @param number counts what was read of the place, so that of two the later one is known
 * @param at     when that reading was begun, or, where a later one was in vain, when that had failed
 */
record Snapshot(int number, String text, long at, boolean failed) {
    Snapshot next(String later, long begun) {
        return new Snapshot(number + 1, later, begun, false);
    }

    Snapshot inVain() {
        return new Snapshot(number, text, System.nanoTime(), true);
    }

    /** Without the text, which is or has a secret. */
    @Override
    public String toString() {
        return "what was read as number " + number + (failed ? ", and not again since" : "");
    }
}
