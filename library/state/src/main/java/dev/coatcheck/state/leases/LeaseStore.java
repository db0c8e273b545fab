package dev.coatcheck.state.leases;

import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/**
 * What an adapter of {@link Leases} does: it decides, by the store's own clock, who holds which lease. An application
 * uses {@link Leases}, which asks for names and durations that were checked.
 *
 * <p>Guarantees: each method that changes something is one atomic step. A lease that has ended, by its time or by its
 * release, is the next one's who asks; its old grant can neither renew nor release anything from then on. Tokens of a name
 * only grow, over ends, releases and restarts of the store: a token is one more than the last, or the store's clock in
 * microseconds where that is more, so that it grows even where the store has lost what it knew. (A clock set back by more
 * than a day, in a store that lost everything, is what this does not cover.)
 *
 * <p>Every method is one round trip unless it says otherwise, and throws {@link BackingServiceException} where the store
 * cannot be reached or does not answer in time. Whether a {@link #grant} took effect is unknown then: at worst nobody
 * holds the lease until its duration is over. Thread-safe.
 */
public interface LeaseStore {

    /** Gives a lease, if nobody has it. Whoever has it is not given it again. */
    GrantResult grant(String name, String holder, Duration duration);

    /**
     * Makes leases end this much later than now.
     *
     * @return which of them the caller still has; it has lost the others. No round trip for none
     */
    Set<Grant> renew(Collection<Grant> grants, Duration duration);

    /**
     * Ends a lease and tells who waits for it.
     *
     * @return whether it was still the caller's
     */
    boolean release(Grant grant);

    /** Who has a lease now. */
    Optional<Holder> holder(String name);

    /**
     * Begins to hear of the end of a lease, in {@linkplain WaitingRoom a waiting room}. No round trip, and none while
     * waiting, where the store tells of releases by itself; a store that cannot be reached is no reason to fail.
     */
    Waiting await(String name);

    /** Somebody who waits for a lease. */
    interface Waiting extends AutoCloseable {
        /**
         * Waits until the lease may be free or the time is over. What has happened since this was made, or since the last
         * time, is not missed. Returning early is allowed.
         *
         * @throws InterruptedException where the waiting thread is interrupted
         */
        void await(Duration limit) throws InterruptedException;

        /** Waits no more. */
        @Override
        void close();
    }
}
