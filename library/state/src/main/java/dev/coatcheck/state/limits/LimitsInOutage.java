package dev.coatcheck.state.limits;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Decision.Reservation;
import java.util.List;

/** What limits say while their store cannot be reached. */
final class LimitsInOutage {
    private static final int MAX_KEYS = 100_000;
    private static final String OPEN = "open";
    private static final String LOCAL = "local:";

    private final OnOutage onOutage;
    private final LocalLimits local = new LocalLimits(LocalLimits.monotonicClock(), MAX_KEYS);

    LimitsInOutage(OnOutage onOutage) {
        this.onOutage = onOutage;
    }

    Decision acquire(List<Ask> asks, BackingServiceException outage) {
        return switch (onOutage) {
            case OnOutage.Open() -> open(asks);
            case OnOutage.Closed() -> throw outage;
            case OnOutage.LocalShare(int processes) -> local(asks, processes);
        };
    }

    /** Whether the reservation was made here, and so is none of the store's. */
    boolean refund(Reservation reservation) {
        if (reservation.id().startsWith(LOCAL) && onOutage instanceof OnOutage.LocalShare share) {
            local.refund(new Reservation(
                    reservation.id().substring(LOCAL.length()), shares(reservation.asks(), share.processes())));
        }
        return reservation.id().startsWith(LOCAL) || reservation.id().equals(OPEN);
    }

    /** A refund that the store did not take: lost, unless the caller wants to know of every outage. */
    void refused(BackingServiceException outage) {
        if (onOutage instanceof OnOutage.Closed) {
            throw outage;
        }
    }

    private static Allowed open(List<Ask> asks) {
        return Allowed.of(
                new Reservation(OPEN, asks), asks.stream().map(Debt::of).toList());
    }

    private Decision local(List<Ask> asks, int processes) {
        for (var ask : asks) {
            if (ask.cost() > share(ask.limit(), processes).permits()) {
                return new Limited(ask.limit(), ask.limit().window()); // more than this process ever has to give
            }
        }
        return switch (local.acquire(shares(asks, processes))) {
            case Allowed(var reservation, var limit, long remaining, var resetAfter) ->
                new Allowed(
                        new Reservation(LOCAL + reservation.id(), asks), original(limit, asks), remaining, resetAfter);
            case Limited(var limit, var retryAfter) -> new Limited(original(limit, asks), retryAfter);
        };
    }

    private static List<Ask> shares(List<Ask> asks, int processes) {
        return asks.stream()
                .map(ask -> new Ask(share(ask.limit(), processes), ask.key(), ask.cost()))
                .toList();
    }

    private static Limit share(Limit limit, int processes) {
        return new Limit(limit.name(), Math.max(1, limit.permits() / processes), limit.window());
    }

    private static Limit original(Limit share, List<Ask> asks) {
        return asks.stream()
                .map(Ask::limit)
                .filter(limit -> limit.name().equals(share.name()))
                .findFirst()
                .orElse(share);
    }
}
