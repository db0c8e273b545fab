package dev.coatcheck.state.jobs;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.jobs.FireResult.AlreadyFired;
import dev.coatcheck.state.jobs.FireResult.Early;
import dev.coatcheck.state.jobs.FireResult.Fired;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Enqueues jobs on their schedules, once for each time, however many processes run one.
 *
 * <p>Start it in every process of a type, with the same schedules. At each time all of them ask the store, which lets one
 * through: a row for each schedule holds its last time, and moves in the transaction that enqueues the job. So there is no
 * leader to lose. Each costs a round trip at each time.
 *
 * <p>It is the store's clock that decides whether it is time: a process whose clock is ahead waits for it, and one whose
 * clock is behind leaves it to the others. A time that is more than a minute ago when a process looks was missed:
 * {@link Schedule.Missed} tells what then. A store that is down is asked again every second. Times that are nearer to
 * each other than it takes to be asked are skipped but for the last.
 *
 * <p>Thread-safe. Its thread is named {@code scheduler}.
 *
 * <pre>{@code
 * var nightly = Schedule.of(
 *         "nightly-report",
 *         Cron.parse("0 3 * * *", ZoneId.of("Europe/Berlin")),
 *         at -> NewJob.of("reports", at.toString()));
 * try (var scheduler = Scheduler.start(jobs, List.of(nightly), InstantSource.system())) {
 *     lifecycle.awaitStopped();
 * }
 * }</pre>
 */
public final class Scheduler implements AutoCloseable {
    private static final Duration MISSED_AFTER = Duration.ofMinutes(1);

    /** So that a clock that is set, or a machine that slept, is noticed. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(1);
    private static final Duration END_LIMIT = Duration.ofSeconds(5);
    private static final System.Logger LOG = System.getLogger(Scheduler.class.getName());

    private final Jobs jobs;
    private final InstantSource clock;
    private final List<Turn> turns;
    private final Thread thread = Thread.ofVirtual().name("scheduler").unstarted(this::runUntilClosed);
    private final CountDownLatch closed = new CountDownLatch(1);

    /** A schedule, and up to when it is settled, as far as this process knows. Used by the thread alone. */
    private static final class Turn {
        private final Schedule schedule;
        private @Nullable Instant settled;

        /** How much this process's clock is ahead of the store's, where the store has called it early since then. */
        private Duration ahead = Duration.ZERO;

        /** How much it was ahead when that was measured last: what looks missed by as much may be to come. */
        private Duration lastAhead = Duration.ZERO;

        Turn(Schedule schedule) {
            this.schedule = schedule;
        }
    }

    private Scheduler(Jobs jobs, List<Schedule> schedules, InstantSource clock) {
        this.jobs = jobs;
        this.clock = clock;
        this.turns = schedules.stream().map(Turn::new).toList();
    }

    /**
     * Starts to enqueue.
     *
     * @throws IllegalArgumentException where two schedules have one name
     */
    public static Scheduler start(Jobs jobs, List<Schedule> schedules, InstantSource clock) {
        var names = schedules.stream().map(Schedule::name).collect(Collectors.toSet());
        if (names.size() < schedules.size()) {
            throw new IllegalArgumentException("each schedule has a name of its own: "
                    + schedules.stream().map(Schedule::name).toList());
        }
        var scheduler = new Scheduler(jobs, schedules, clock);
        scheduler.thread.start();
        return scheduler;
    }

    /** Stops; one that is being enqueued is waited for. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(END_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void runUntilClosed() {
        Duration wait;
        do {
            wait = LONGEST_WAIT;
            for (var turn : turns) {
                wait = min(wait, take(turn));
            }
        } while (!isClosedWithin(wait));
    }

    private boolean isClosedWithin(Duration wait) {
        try {
            return closed.await(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true; // nobody interrupts this thread
        }
    }

    /** Enqueues what is due; returns how long there is nothing to do. */
    private Duration take(Turn turn) {
        try {
            return closed.getCount() == 0 ? Duration.ZERO : fireIfDue(turn);
        } catch (BackingServiceException e) {
            LOG.log(
                    WARNING,
                    "cannot enqueue the jobs of schedule " + turn.schedule.name() + " for now: " + e.getMessage());
            return OUTAGE_PAUSE;
        } catch (RuntimeException e) {
            LOG.log(ERROR, "schedule " + turn.schedule.name() + " failed; it is tried again", e);
            return LONGEST_WAIT;
        }
    }

    private Duration fireIfDue(Turn turn) {
        var schedule = turn.schedule;
        var own = clock.instant();
        var now = own.minus(turn.ahead);
        var settled = turn.settled != null ? turn.settled : jobs.lastFired(schedule.name(), now);
        turn.settled = settled;
        var due = schedule.cron().last(settled, now);
        if (due.isPresent()) {
            var at = due.get();
            if (schedule.missed() == Schedule.Missed.SKIP
                    && at.isBefore(own.minus(turn.lastAhead).minus(MISSED_AFTER))) {
                LOG.log(INFO, "schedule {0} missed {1}", schedule.name(), at);
            } else {
                switch (jobs.fire(schedule.name(), at, schedule.job().apply(at))) {
                    case Fired fired -> LOG.log(INFO, "schedule {0} fired for {1}", schedule.name(), at);
                    case AlreadyFired already -> {} // by another process
                    case Early early -> {
                        // By the store's clock an earlier time may be the last, or none.
                        turn.ahead = Duration.between(at.minus(early.left()), clock.instant());
                        turn.lastAhead = turn.ahead;
                        return Duration.ZERO;
                    }
                }
            }
            turn.settled = at;
            turn.ahead = Duration.ZERO; // measured anew for the next, since clocks are set
        }
        return max(
                Duration.between(
                        clock.instant().minus(turn.ahead), schedule.cron().next(now)),
                Duration.ZERO);
    }

    private static Duration min(Duration left, Duration right) {
        return left.compareTo(right) < 0 ? left : right;
    }

    private static Duration max(Duration left, Duration right) {
        return left.compareTo(right) > 0 ? left : right;
    }
}
