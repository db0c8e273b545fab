package dev.coatcheck.state.jobs;

import dev.coatcheck.state.StoredText;
import java.time.Instant;
import java.util.function.Function;

/**
 * A job that is enqueued again and again: see {@link Scheduler}.
 *
 * @param name what the store knows it by; the same in every process, and not reused for something else
 * @param cron when
 * @param job makes the job of one time, which it is given
 * @param missed what becomes of a time at which no process was there to enqueue its job
 */
public record Schedule(String name, Cron cron, Function<Instant, NewJob> job, Missed missed) {

    /** What becomes of times at which no process was there, such as while everything was down. */
    public enum Missed {
        /** The job of the last of them is enqueued as soon as a process is there; those before it are skipped. */
        FIRE_LAST,
        /** They are skipped. */
        SKIP
    }

    public Schedule {
        StoredText.require("the name of a schedule", name);
        if (name.isEmpty() || StoredText.utf8Length(name) > NewJob.MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "a schedule's name has from 1 to %d bytes".formatted(NewJob.MAX_NAME_BYTES));
        }
    }

    /** One whose last missed time is made up for. */
    public static Schedule of(String name, Cron cron, Function<Instant, NewJob> job) {
        return new Schedule(name, cron, job, Missed.FIRE_LAST);
    }

    public Schedule withMissed(Missed missed) {
        return new Schedule(name, cron, job, missed);
    }
}
