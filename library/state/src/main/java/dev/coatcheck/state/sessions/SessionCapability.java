package dev.coatcheck.state.sessions;

/**
 * What an adapter of {@link Sessions} promises beyond keeping a session and ending it in time, as far as its store can
 * hold it. An adapter {@linkplain Sessions#capabilities() declares} its capabilities, and the contract kit tests exactly
 * those.
 */
public enum SessionCapability {
    /**
     * Of writers at the same time each gets what it asked for: changes of different attributes both survive,
     * {@code putIfUnchanged} notices who was first, and {@link Sessions#update} loses nothing. Without it the whole
     * session is the last writer's.
     */
    MERGING,

    /**
     * A session that was destroyed has ended for everybody who knows its id, and no late writer brings it back. Without
     * it, whoever kept a copy of the cookie can use it until its time-outs.
     */
    ENDING,

    /**
     * After {@link Changes#rotate} the id from before opens nothing but a view of the past, for the grace. Without it,
     * the id from before opens the session as it was then until its time-outs, which still shuts out whoever planted it.
     */
    ROTATION,

    /**
     * {@link Sessions#devices}, {@link Sessions#revoke} and {@link Sessions#revokeAll}. Without it they throw
     * {@link UnsupportedOperationException}, since a list that may lack one is worse than none.
     */
    DEVICES,

    /** A session holds as much as {@link SessionSettings#maxBytes} says. Without it, less. */
    ROOM,

    /**
     * A session stays until it ends, however many there are; where there is no room left, the new one is refused.
     * Without it, a session may be gone at any time: a visitor is logged out, and nobody is told.
     */
    KEEPING
}
