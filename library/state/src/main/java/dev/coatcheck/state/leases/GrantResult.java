package dev.coatcheck.state.leases;

/** What a {@link LeaseStore} says to somebody who asks for a lease. */
public sealed interface GrantResult {

    /** It is the caller's. */
    record Granted(Grant grant) implements GrantResult {}

    /** It is another's, and nothing was changed. */
    record Refused(Holder holder) implements GrantResult {}
}
