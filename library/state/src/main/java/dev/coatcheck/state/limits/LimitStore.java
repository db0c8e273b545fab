package dev.coatcheck.state.limits;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.limits.Decision.Reservation;
import java.time.Duration;
import java.util.List;

/**
 * What an adapter of {@link Limits} does: it decides, by the store's own clock. An application uses {@link Limits}, made
 * of it by {@link StoredLimits}.
 *
 * <p>Guarantees: {@link #acquire} is one atomic step for all its asks, or, in a store that has no such step, spends first
 * and gives back, so that a limit is never exceeded. A debt that is greater than the limit allows, since the clock was set
 * back, is from then on the whole of the limit and no more. Every text is a key, however long, and two that are
 * different well-formed Unicode are two.
 *
 * <p>Both methods are one round trip unless the adapter says otherwise, and throw {@link BackingServiceException} where
 * the store cannot be reached or does not answer in time. Whether permits were spent is unknown then. Thread-safe.
 */
public interface LimitStore {

    /** Spends what is asked for, if all of it may be spent. */
    Answer acquire(List<Ask> asks);

    /** Gives back what has not grown back since; once for each reservation. */
    void refund(Reservation reservation);

    /** What a store says to who asks for permits. */
    sealed interface Answer {

        /**
         * All of it was spent.
         *
         * @param reservation the id of what was spent, as {@link #refund} takes it
         * @param debts what is owed now, in the order of the asks
         */
        record Spent(String reservation, List<Debt> debts) implements Answer {
            public Spent {
                debts = List.copyOf(debts);
            }
        }

        /**
         * Nothing was spent.
         *
         * @param blocks what refused; not empty
         */
        record Refused(List<Block> blocks) implements Answer {
            public Refused {
                blocks = List.copyOf(blocks);
            }
        }
    }

    /**
     * One of the asks that were refused.
     *
     * @param retryAfter how long until it would be allowed
     */
    record Block(Ask ask, Duration retryAfter) {}
}
