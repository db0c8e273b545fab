package dev.coatcheck.postgres;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Clears away, in a thread of its own, what nobody will ask for again: sessions and leases that have ended, answers to
 * requests that will not be repeated, limits and rates that nobody owes anything to, messages and processes that are long
 * gone, jobs that have been dead for too long, and the bytes of uploads that were given up and of blobs that were replaced or
 * deleted.
 *
 * <p>Every process does it, a little at a time; they skip what another is at. Each step is a short transaction of its
 * own, so it holds no lock that anybody waits for.
 */
final class Sweeper implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final Duration END_LIMIT = Duration.ofSeconds(1);

    /** How many rows one step removes, and how many chunks of a mebibyte. */
    private static final int ROWS = 1_000;

    private static final int CHUNKS = 16;

    /** How many steps of each kind are made before the next pause. */
    private static final int STEPS = 1_000;

    private static final System.Logger LOG = System.getLogger(Sweeper.class.getName());

    /** In each queue the oldest first, by the index of its dead jobs. */
    private static final String DELETE_DEAD_JOBS = """
            with recursive queues (name) as (
                select min(j.queue) from coatcheck.jobs j where j.state = 2
                union all
                select (select min(j.queue) from coatcheck.jobs j where j.state = 2 and j.queue > q.name)
                    from queues q where q.name is not null),
            old as materialized (
                select dead.id from queues q
                    cross join lateral (
                        select j.id from coatcheck.jobs j
                            where j.queue = q.name and j.state = 2
                                and j.due_at < statement_timestamp() - ? * interval '1 microsecond'
                            order by j.due_at, j.id limit ? for update skip locked) dead
                    limit ?)
            delete from coatcheck.jobs j using old where j.id = old.id
            """;

    private final Database database;
    private final Duration deadJobsKept;
    private final Thread thread =
            Thread.ofVirtual().name("coatcheck-postgres-sweep").unstarted(this::sweepUntilClosed);
    private final CountDownLatch closing = new CountDownLatch(1);
    private boolean started;

    /** @param deadJobsKept for how long jobs that are dead are kept */
    Sweeper(Database database, Duration deadJobsKept) {
        this.database = database;
        this.deadJobsKept = deadJobsKept;
    }

    /** Begins, if nobody has. */
    synchronized void start() {
        if (!started && !isClosed()) {
            started = true;
            thread.start();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            synchronized (this) {
                if (started) {
                    thread.join(END_LIMIT);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One round: everything that may go now, within bounds. */
    void sweep() {
        purge("sessions that have ended", "purge_sessions_v1");
        purge("leases that ended long ago", "purge_leases_v1");
        purge("cached values that are too old", "purge_cache_v1");
        purge("answers to requests that will not be repeated", "purge_requests_v1");
        purge("limits whose permits are all back", "purge_limits_v1");
        purge("refunds of long ago", "purge_refunds_v1");
        purge("rates of groups of jobs that have room again", "purge_job_rates_v2");
        purge("messages that are too old", "purge_channels_v1");
        for (int i = 0; i < STEPS && !isClosed() && deleteDeadJobs() == ROWS; i++) {}
        purge("uploads that have expired", "purge_uploads_v1");
        for (int i = 0; i < STEPS && !isClosed() && sweepBlobs(); i++) {}
    }

    private void purge(String what, String function) {
        for (int i = 0; i < STEPS && !isClosed() && purgeOnce(what, function) == ROWS; i++) {}
    }

    private int purgeOnce(String what, String function) {
        return database.ask("clear away " + what, connection -> {
            try (var purge = connection.prepareStatement("select coatcheck." + function + "(?)")) {
                purge.setInt(1, ROWS);
                return Rows.only(purge, row -> row.getInt(1));
            }
        });
    }

    private int deleteDeadJobs() {
        return database.ask("clear away jobs that died long ago", connection -> {
            try (var delete = connection.prepareStatement(DELETE_DEAD_JOBS)) {
                delete.setLong(1, Database.micros(deadJobsKept));
                delete.setInt(2, ROWS);
                delete.setInt(3, ROWS);
                return delete.executeUpdate();
            }
        });
    }

    private boolean sweepBlobs() {
        return database.ask("clear away unused chunks of blobs", connection -> {
            try (var sweep = connection.prepareStatement("select coatcheck.sweep_blobs_v1(?)")) {
                sweep.setInt(1, CHUNKS);
                return Rows.only(sweep, row -> row.getBoolean(1));
            }
        });
    }

    private void sweepUntilClosed() {
        while (!isClosedAfterPause()) {
            try {
                sweep();
            } catch (BackingServiceException e) {
                LOG.log(isClosed() ? DEBUG : WARNING, "will be tried again: " + e.getMessage());
            } catch (RuntimeException e) {
                LOG.log(isClosed() ? DEBUG : WARNING, "sweeping failed; going on", e);
            }
        }
    }

    /** Not all processes pause for the same time, after a deploy that started them at once. */
    private boolean isClosedAfterPause() {
        long pause = (long) (PAUSE.toNanos() * ThreadLocalRandom.current().nextDouble(0.5, 1.5));
        try {
            return closing.await(pause, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true; // nobody interrupts this thread
        }
    }

    private boolean isClosed() {
        return closing.getCount() == 0;
    }
}
