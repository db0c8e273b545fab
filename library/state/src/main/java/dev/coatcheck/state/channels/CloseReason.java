package dev.coatcheck.state.channels;

import java.time.Duration;

/** Why a subscription has ended. */
public sealed interface CloseReason {

    /** This process ended it, its client has opened another in its place, or the {@link Channels} are closed. */
    record Ended() implements CloseReason {}

    /** Its user or its session may no longer listen: whoever comes back is asked anew who they are. */
    record Revoked() implements CloseReason {}

    /** It took its messages more slowly than they came. It may come back and get what is kept. */
    record TooSlow() implements CloseReason {}

    /**
     * The process is about to end; another one serves whoever comes back.
     *
     * @param retryAfter when to come back, so that not all come at once
     */
    record Draining(Duration retryAfter) implements CloseReason {}

    /**
     * Its user has opened more than one may have in a process, and this was the oldest: what comes back by itself would end
     * the next.
     */
    record TooMany() implements CloseReason {}

    /** A revocation may have been missed, so everybody's subscriptions on this process have ended: come back at once. */
    record Unsure() implements CloseReason {}
}
