package dev.coatcheck.state.limits;

import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** Whether something may happen now. */
public sealed interface Decision {

    /**
     * It may, and the permits are spent.
     *
     * @param reservation what was spent, for {@link Limits#refund}
     * @param limit the limit that has least left, which the rest speaks of
     * @param remaining how many permits are left
     * @param resetAfter until all of them are back
     */
    record Allowed(Reservation reservation, Limit limit, long remaining, Duration resetAfter) implements Decision {

        /** For adapters: what was spent, and what each of its asks owes now. */
        static Allowed of(Reservation reservation, List<Debt> debts) {
            var least = Collections.min(debts, Comparator.comparingLong(Debt::remaining));
            return new Allowed(reservation, least.limit(), least.remaining(), least.time());
        }
    }

    /**
     * It may not, and nothing was spent.
     *
     * @param limit the limit that refused; the one with the longest wait where several did
     * @param retryAfter how long until the same asks would be allowed, if nobody else spends in between
     */
    record Limited(Limit limit, Duration retryAfter) implements Decision {}

    /**
     * Permits that were spent together.
     *
     * @param id unique, so that a refund counts once however often it is sent
     */
    record Reservation(String id, List<Ask> asks) {
        public Reservation {
            asks = List.copyOf(asks);
        }
    }
}
