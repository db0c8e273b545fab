package dev.coatcheck.formation.router;

import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * One I/O thread, and what is under way on it. A request and its connection to an instance stay on the thread that
 * accepted the client, so that nothing about them needs a lock.
 *
 * <p>Time-outs are kept by looking at all that is under way ten times a second: a timer for each of them would cost
 * every request a place in a sorted set and its removal, to save work that a quiet router doesn't have.
 */
final class EventLoop {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration LATE = TICK.multipliedBy(3);

    /** Something with limits in time. */
    interface Timed {
        void tick(long now);

        /** The router closes: what would go on for long ends itself, at some moment of its own within this time. */
        default void leave(Duration within) {}

        /** The time of the router to close is over. */
        default void leaveNow() {}

        /** Its tick has thrown, and comes no more: whatever it is ends here, so that it is not left without limits. */
        void abort();
    }

    private final XnioIoThread thread;
    private final Dialer dialer;
    private final Rotation rotation;
    private final Stall stall = new Stall(LATE, TICK, System.nanoTime());
    private final Set<Timed> underWay = Collections.newSetFromMap(new IdentityHashMap<>());

    EventLoop(XnioIoThread thread, Rotation rotation) {
        this.thread = thread;
        this.dialer = new Dialer(thread);
        this.rotation = rotation;
    }

    XnioExecutor.Key startTicking() {
        return thread.executeAtInterval(this::tick, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    int number() {
        return thread.getNumber();
    }

    Dialer dialer() {
        return dialer;
    }

    void execute(Runnable task) {
        thread.execute(task);
    }

    void begin(Timed timed) {
        underWay.add(timed);
    }

    void end(Timed timed) {
        underWay.remove(timed);
    }

    void leave(Duration within) {
        thread.execute(() -> List.copyOf(underWay).forEach(timed -> timed.leave(within)));
    }

    void leaveNow() {
        thread.execute(() -> forEach(Timed::leaveNow));
    }

    private void tick() {
        long now = System.nanoTime();
        if (stall.looksAway(now)) {
            return;
        }
        forEach(timed -> timed.tick(now));
        for (Upstream upstream : rotation.ready()) {
            upstream.idle(this).expire(now);
        }
    }

    private void forEach(Consumer<Timed> action) {
        for (Timed timed : underWay.toArray(Timed[]::new)) {
            try {
                action.accept(timed);
            } catch (RuntimeException e) {
                LOG.error("The limits of {} cannot be kept; it is ended", timed, e);
                abort(timed);
            }
        }
    }

    private void abort(Timed timed) {
        underWay.remove(timed);
        try {
            timed.abort();
        } catch (RuntimeException e) {
            LOG.error("Nor can {} be ended in order", timed, e);
        }
    }
}
