package dev.coatcheck.state.leases;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A lease that was acquired. It is renewed in the background until it is released, closed or lost.
 *
 * <p>It is lost where it could not be renewed in time: the store was away for too long, or this process was stopped for
 * longer than the lease lasts. This object knows by the process's own monotonic clock, counted from before the store was
 * asked, and stops believing when a tenth of the duration is left, so that there is time to stop before the store may
 * give the lease to another. What it cannot know is that the machine slept, or that the store's clock jumped; only the
 * {@linkplain #token() token} covers that.
 *
 * <p>Thread-safe.
 */
public final class Lease implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Lease.class.getName());

    private final Grant grant;
    private final LeaseKeeper keeper;
    private final List<Runnable> whenLost = new ArrayList<>();
    private State state = State.HELD;
    private long heldUntil;

    private enum State {
        HELD,
        LOST,
        RELEASED
    }

    /** @param asked {@link System#nanoTime()} before the store was asked */
    Lease(Grant grant, LeaseKeeper keeper, long asked) {
        this.grant = grant;
        this.keeper = keeper;
        this.heldUntil = asked + keeper.trustedNanos();
    }

    /** Which lease it is. */
    public String name() {
        return grant.name();
    }

    /**
     * The fencing token: greater than that of everybody who held this lease before. Send it with every write that the
     * lease is to protect, and let the place that is written to refuse a smaller one than it has seen:
     *
     * <pre>{@code
     * update reports set content = ?, fence = ? where id = ? and fence <= ?
     * }</pre>
     */
    public long token() {
        return grant.token();
    }

    /** Whether nobody else can hold it now. Once this has said no, it never says yes again. No round trip. */
    public boolean isHeld() {
        return !remaining().isZero();
    }

    /** For how long nobody else can hold it, if it were not renewed any more; zero where it is not held. */
    public synchronized Duration remaining() {
        long left = heldUntil - System.nanoTime();
        if (state == State.HELD && left <= 0) {
            lose();
        }
        return state == State.HELD ? Duration.ofNanos(left) : Duration.ZERO;
    }

    /**
     * What to do when the lease is lost: stop the work. Called once, in a thread of its own, at once where it is lost
     * already, and never where it is released before.
     */
    public synchronized void onLost(Runnable stop) {
        switch (state) {
            case HELD -> whenLost.add(stop);
            case LOST -> tell(stop);
            case RELEASED -> {}
        }
    }

    /**
     * Gives the lease back: one round trip. Doing it again does nothing, nor does it for a lease that is another's now.
     *
     * @return whether the store had it as ours to this moment, so that what was done under it was done alone
     * @throws BackingServiceException where the store cannot be reached; it is not renewed any more and ends by itself
     */
    public boolean release() {
        synchronized (this) {
            if (state == State.RELEASED) {
                return false;
            }
            state = State.RELEASED;
            whenLost.clear();
        }
        return keeper.release(this);
    }

    /** As {@link #release()}; where the store cannot be reached, the lease ends by itself when its duration is over. */
    @Override
    public void close() {
        try {
            release();
        } catch (BackingServiceException e) {
            LOG.log(WARNING, "the lease \"{0}\" ends by itself: {1}", name(), e.getMessage());
        }
    }

    Grant grant() {
        return grant;
    }

    /** The store has given it anew for the whole duration, counted from when it was asked. */
    synchronized void renewed(long asked) {
        if (remaining().isPositive()) {
            heldUntil = asked + keeper.trustedNanos();
        }
    }

    /** The store says that it is ours no more. */
    synchronized void lost() {
        if (state == State.HELD) {
            lose();
        }
    }

    private void lose() {
        state = State.LOST;
        LOG.log(WARNING, "lost the lease \"{0}\", token {1}", name(), String.valueOf(token()));
        whenLost.forEach(Lease::tell);
        whenLost.clear();
    }

    private static void tell(Runnable stop) {
        Thread.ofVirtual().name("lease-lost").start(() -> {
            try {
                stop.run();
            } catch (RuntimeException e) {
                LOG.log(ERROR, "what was to be done at the loss of a lease failed", e);
            }
        });
    }

    @Override
    public String toString() {
        return "lease \"%s\", token %d".formatted(name(), token());
    }
}
