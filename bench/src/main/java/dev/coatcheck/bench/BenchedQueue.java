package dev.coatcheck.bench;

import java.util.concurrent.atomic.LongAdder;

/** A queue of jobs that do nothing, in a database of its own. */
interface BenchedQueue extends AutoCloseable {
    /** How many jobs are enqueued at once, in one transaction. */
    int BATCH = 1_000;

    String name();

    /** The table that the jobs are in. */
    String table();

    /** Adds {@link #BATCH} jobs. */
    void enqueue();

    /** Begins to do jobs, until this is closed. */
    void start(LongAdder done);

    @Override
    void close();
}
