package dev.coatcheck.state.limits;

import dev.coatcheck.state.BackingServiceException;
import java.util.List;

/**
 * The port for limits: one count for all processes.
 *
 * <p>The algorithm is GCRA (the generic cell rate algorithm of ATM traffic control, ITU-T I.371), decided inside the
 * store by the store's clock: a key is one number, however large its limit, and nothing has to run in the background.
 * A key that has not been used starts with its whole burst; permits come back one by one, evenly over the window.
 *
 * <p>Guarantees: all asks of one call are granted together or none is; among all processes never more is granted than
 * the limits allow; a limit changed between two releases applies at once, and what was spent under the old one stays
 * spent.
 *
 * <p>Cost: one round trip a call, and none for a key that this process was just told is limited. Memory for a key does
 * not grow with its limit.
 *
 * <p>With the store down, the {@link OnOutage} that the adapter was made with decides. Thread-safe.
 *
 * <pre>{@code
 * var perAccount = Limit.of("login", 5, Duration.ofMinutes(15));
 * switch (limits.acquire(perAccount.on(email), perAddress.on(address))) {
 *     case Allowed allowed -> logIn();
 *     case Limited limited -> tooManyRequests(limited.retryAfter());
 * }
 * }</pre>
 */
public interface Limits {

    /**
     * Spends what is asked for, if all of it may be spent.
     *
     * @param asks one or more, each of another limit or key
     * @throws BackingServiceException where the store cannot be reached and the adapter is to be closed then
     * @throws IllegalArgumentException where there is no ask, or two of the same limit and key
     */
    Decision acquire(List<Ask> asks);

    /** {@link #acquire(List)} for asks written out. */
    default Decision acquire(Ask... asks) {
        return acquire(List.of(asks));
    }

    /**
     * Gives back what was spent and turned out not to count: the log-in that succeeded, the upload that was refused
     * for another reason. What has grown back since is not given back again, so at once all of it counts, and nothing
     * once its permits are back by themselves. Giving the same reservation back twice counts once.
     *
     * @throws BackingServiceException where the store cannot be reached and the adapter is to be closed then
     */
    void refund(Decision.Reservation reservation);
}
