package dev.coatcheck.state.leases;

import java.time.Duration;

/**
 * Who holds a lease, for a person who wonders why nothing moves.
 *
 * @param name what the holder calls itself: {@link LeaseSettings#holder()}
 * @param token the fencing token that it was given
 * @param endsIn when the lease ends unless it is renewed, as of the moment that the store answered; not negative
 */
public record Holder(String name, long token, Duration endsIn) {}
