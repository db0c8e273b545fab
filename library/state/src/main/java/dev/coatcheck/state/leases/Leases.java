package dev.coatcheck.state.leases;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.Acquisition.Busy;
import dev.coatcheck.state.leases.GrantResult.Granted;
import dev.coatcheck.state.leases.GrantResult.Refused;
import java.time.Duration;
import java.util.Optional;

/**
 * The port for leases: mutual exclusion among processes that may die, stop for a while, or be cut off at any moment.
 *
 * <p>Guarantees:
 *
 * <ul>
 *   <li>A lease has one holder at a time by the store's clock, for as long as the store keeps what it was told: see the
 *       adapter. A holder that dies loses it when its duration is over, and the next one who asks has it.
 *   <li>Every acquisition has a fencing token that is greater than all before it for this name, also after the lease
 *       ended, was released, or the store was restarted. A process that was stopped, and does not know yet that it has
 *       lost the lease, has a smaller one: what is written to can refuse it. No lease of any kind can do without this,
 *       since a process may be stopped between its looking at the lease and its writing.
 *   <li>A held lease is renewed in the background, and its loss is told: {@link Lease#isHeld()}, {@link Lease#onLost}.
 *   <li>Who waits is woken by a release, does not ask again and again, and is served in no promised order.
 * </ul>
 *
 * <p>A lease is not reentrant: asking again for what one holds is {@link Busy}.
 *
 * <p>Cost: {@link #tryAcquire} is one round trip, {@link #acquire} too where the lease is free. Where it is not, one more
 * at once, and then one for each time that it may have become free (a release, the end of the holder's time, and every
 * five seconds in case the store could not tell). Renewing is one round trip for all the leases held here, three times in
 * their duration.
 *
 * <p>Methods throw {@link BackingServiceException} where the store cannot be reached or does not answer in time, and
 * {@link IllegalArgumentException} for a name that is empty, longer than {@value #MAX_NAME_BYTES} bytes of UTF-8, or no
 * {@linkplain StoredText text that every store takes}. Thread-safe. Two virtual threads run while something is held.
 *
 * <pre>{@code
 * var leases = redis.leases(LeaseSettings.heldBy("worker.1"));
 * switch (leases.tryAcquire("nightly-report")) {
 *     case Acquired(var lease) -> {
 *         try (lease) {
 *             for (var account : accounts) {
 *                 if (!lease.isHeld()) {
 *                     return; // another process goes on
 *                 }
 *                 report(account, lease.token());
 *             }
 *         }
 *     }
 *     case Busy(var holder) -> log("done by " + holder.name());
 * }
 * }</pre>
 */
public final class Leases implements AutoCloseable {

    /** The longest name of a lease, in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 512;

    private static final Duration POLL = Duration.ofSeconds(5);

    private final LeaseStore store;
    private final LeaseSettings settings;
    private final LeaseKeeper keeper;
    private volatile boolean closed;

    /** @param store an adapter, such as the in-memory one in tests; attached resources give out leases ready to use */
    public Leases(LeaseStore store, LeaseSettings settings) {
        this.store = store;
        this.settings = settings;
        this.keeper = new LeaseKeeper(store, settings.duration());
    }

    /** How long a lease outlives a holder that has died. */
    public Duration duration() {
        return settings.duration();
    }

    /**
     * Takes a lease if it is free now.
     *
     * @throws IllegalStateException where these leases are closed
     */
    public Acquisition tryAcquire(String name) {
        requireName(name);
        requireOpen(name);
        long asked = System.nanoTime();
        return switch (store.grant(name, settings.holder(), settings.duration())) {
            case Granted(var grant) -> {
                var lease = new Lease(grant, keeper, asked);
                keeper.keep(lease);
                if (closed) {
                    // Closed while the store was asked: nobody would release it.
                    lease.close();
                    requireOpen(name);
                }
                yield new Acquired(lease);
            }
            case Refused(var holder) -> new Busy(holder);
        };
    }

    /**
     * Takes a lease as soon as it is free.
     *
     * @param patience how long to wait for it; {@link Busy} after that
     * @throws InterruptedException where the waiting thread is interrupted; it holds nothing then. Where that was while the
     *     store was asked, at worst nobody has the lease until its duration is over
     */
    public Acquisition acquire(String name, Duration patience) throws InterruptedException {
        long begun = System.nanoTime();
        var acquisition = ask(name);
        if (acquisition instanceof Acquired || !patience.isPositive()) {
            return acquisition;
        }
        try (var waiting = store.await(name)) {
            while (true) {
                // Once more after beginning to listen, so that no release falls in between.
                acquisition = ask(name);
                var left = patience.minusNanos(System.nanoTime() - begun);
                if (!(acquisition instanceof Busy busy) || !left.isPositive()) {
                    return acquisition;
                }
                // A little after the end, as a wait may end a little early.
                var end = busy.holder().endsIn().plusMillis(1);
                waiting.await(shortest(left, shortest(end, POLL)));
            }
        }
    }

    /** An interrupt is the same wherever it comes: also while the store is asked, which an adapter tells as its failure. */
    private Acquisition ask(String name) throws InterruptedException {
        try {
            return tryAcquire(name);
        } catch (BackingServiceException e) {
            if (!Thread.interrupted()) {
                throw e;
            }
            var interrupted = new InterruptedException("interrupted while the lease \"" + name + "\" was asked for");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    /** Who holds a lease now, for diagnosis: it may be another's when this returns. One round trip. */
    public Optional<Holder> holder(String name) {
        requireName(name);
        return store.holder(name);
    }

    /**
     * Releases whatever is held, and takes no other: one round trip each. Where the store cannot be reached, they end by
     * themselves.
     */
    @Override
    public void close() {
        closed = true;
        keeper.held().forEach(Lease::close);
    }

    private void requireOpen(String name) {
        if (closed) {
            throw new IllegalStateException("these leases are closed: \"" + name + "\" is not taken any more");
        }
    }

    private static void requireName(String name) {
        StoredText.require("the name of a lease", name);
        int bytes = StoredText.utf8Length(name);
        if (bytes < 1 || bytes > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "the name of a lease has 1 to %d bytes, not %d: use the name's hash where it is longer"
                            .formatted(MAX_NAME_BYTES, bytes));
        }
    }

    private static Duration shortest(Duration left, Duration right) {
        return left.compareTo(right) < 0 ? left : right;
    }
}
