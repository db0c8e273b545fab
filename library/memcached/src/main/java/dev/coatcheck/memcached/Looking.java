package dev.coatcheck.memcached;

import dev.coatcheck.state.leases.LeaseStore;
import java.time.Duration;

/** Looks again after a short while, and then after longer ones. */
final class Looking implements LeaseStore.Waiting {
    private static final Duration LONGEST = Duration.ofMillis(250);

    private Duration next = Duration.ofMillis(20);

    @Override
    public void await(Duration limit) throws InterruptedException {
        Thread.sleep(limit.compareTo(next) < 0 ? limit : next);
        next = next.compareTo(LONGEST) < 0 ? next.multipliedBy(2) : next;
    }

    @Override
    public void close() {}
}
