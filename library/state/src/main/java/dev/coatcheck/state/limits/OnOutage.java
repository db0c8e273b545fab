package dev.coatcheck.state.limits;

/** What a limit says while its store cannot be reached. There is no default: every answer is wrong for somebody. */
public sealed interface OnOutage {

    /** Everything is allowed: for limits that keep a service comfortable. */
    record Open() implements OnOutage {}

    /**
     * {@link dev.coatcheck.state.BackingServiceException} is thrown, so the caller answers 503: for limits that keep a
     * service safe, such as log-in attempts.
     */
    record Closed() implements OnOutage {}

    /**
     * Each process counts for itself, against its share of the limit, which is at least one permit. In all that is the
     * limit, as long as no more processes run than are named here and the limit has a permit for each of them.
     *
     * <p>The shares begin unspent, since what the store knew cannot be asked: an outage that follows a full burst at once
     * allows as much again.
     *
     * @param processes how many processes share the limit
     */
    record LocalShare(int processes) implements OnOutage {
        public LocalShare {
            if (processes < 1) {
                throw new IllegalArgumentException("a limit is shared by at least one process, not " + processes);
            }
        }
    }
}
