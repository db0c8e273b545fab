package dev.coatcheck.state.limits;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Decision.Reservation;
import dev.coatcheck.state.limits.LimitStore.Answer.Refused;
import dev.coatcheck.state.limits.LimitStore.Answer.Spent;
import java.time.Duration;
import java.util.List;

/**
 * Limits that a store counts, with what is alike for every store: a key that is known to be blocked is not asked about
 * again for a second, and the chosen {@link OnOutage} answers while the store cannot. Attached resources give it out ready
 * to use. Thread-safe.
 */
public final class StoredLimits implements Limits {
    private final LimitStore store;
    private final LimitsInOutage inOutage;
    private final KnownBlocks known = new KnownBlocks();

    public StoredLimits(LimitStore store, OnOutage onOutage) {
        this.store = store;
        this.inOutage = new LimitsInOutage(onOutage);
    }

    @Override
    public Decision acquire(List<Ask> asks) {
        Ask.requireDistinct(asks);
        var block = known.longestOf(asks);
        if (block.isPresent()) {
            return block.get();
        }
        long asked = System.nanoTime();
        try {
            return switch (store.acquire(asks)) {
                case Spent(var reservation, var debts) -> Allowed.of(new Reservation(reservation, asks), debts);
                case Refused(var blocks) -> limited(blocks, asked);
            };
        } catch (BackingServiceException e) {
            return inOutage.acquire(asks, e);
        }
    }

    private Limited limited(List<LimitStore.Block> blocks, long asked) {
        var longest = new Limited(blocks.get(0).ask().limit(), Duration.ZERO);
        for (var block : blocks) {
            known.add(block.ask(), block.retryAfter(), asked);
            longest = block.retryAfter().compareTo(longest.retryAfter()) > 0
                    ? new Limited(block.ask().limit(), block.retryAfter())
                    : longest;
        }
        return longest;
    }

    @Override
    public void refund(Reservation reservation) {
        if (inOutage.refund(reservation) || reservation.asks().isEmpty()) {
            return;
        }
        try {
            store.refund(reservation);
        } catch (BackingServiceException e) {
            inOutage.refused(e);
        } finally {
            known.forget(reservation.asks());
        }
    }
}
