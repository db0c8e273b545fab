package dev.coatcheck.servlet;

import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.idempotency.Claim;
import dev.coatcheck.state.idempotency.Idempotency;
import java.util.concurrent.locks.LockSupport;

/**
 * Renews the claim of a request for as long as the request runs, so that however long it takes, it is not run beside
 * itself. Most requests have ended before this asks the store for the first time, at a third of the lease.
 */
final class ClaimRenewal implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(IdempotencyFilter.class.getName());

    private final Idempotency idempotency;
    private final Claim claim;
    private final Thread thread =
            Thread.ofVirtual().name("coatcheck-claim-renew").unstarted(this::renewUntilClosed);
    private volatile boolean closed;

    private ClaimRenewal(Idempotency idempotency, Claim claim) {
        this.idempotency = idempotency;
        this.claim = claim;
    }

    /** Until it is closed, or the claim is another's. */
    static ClaimRenewal begin(Idempotency idempotency, Claim claim) {
        var renewal = new ClaimRenewal(idempotency, claim);
        renewal.thread.start();
        return renewal;
    }

    /** Does not wait for a renewal that is under way, which the store refuses once a response is recorded. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void renewUntilClosed() {
        long pause = idempotency.settings().lease().dividedBy(3).toNanos();
        boolean ours = true;
        while (ours) {
            LockSupport.parkNanos(pause);
            if (closed) {
                return;
            }
            ours = renew();
        }
    }

    /** Whether to go on. */
    private boolean renew() {
        try {
            return idempotency.renew(claim);
        } catch (BackingServiceException e) {
            LOG.log(WARNING, "cannot renew the claim of a request for now: {0}", e.getMessage());
            return true;
        }
    }
}
