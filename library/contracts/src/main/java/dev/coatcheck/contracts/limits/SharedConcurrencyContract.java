package dev.coatcheck.contracts.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.Acquisition.Busy;
import dev.coatcheck.state.leases.LeaseStore;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** What limits on concurrency show on every store of leases that several processes can reach. */
public abstract class SharedConcurrencyContract {
    private static final int PROCESSES = 3;

    /** The store under test, in this JVM. */
    protected abstract LeaseStore store();

    /** How another JVM gets at the same store. */
    protected abstract Class<? extends StoreFactory<LeaseStore>> factory();

    /** What the factory is given there. */
    protected abstract String url();

    @Test
    void processes_take_exactly_as_many_places_as_there_are_and_those_of_the_dead_come_back() {
        var limit = TakePlaces.limit(store());
        var peers = new ArrayList<Peer>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                peers.add(Peer.start(factory(), url(), TakePlaces.class));
            }
            peers.forEach(peer -> assertThat(peer.hear(Duration.ofMinutes(1))).isEqualTo("ready"));
            peers.forEach(peer -> peer.say("go"));
            var taken = peers.stream().map(peer -> Integer.valueOf(peer.hear())).toList();

            assertThat(taken.stream().mapToInt(Integer::intValue).sum())
                    .as("taken in all: %s", taken)
                    .isEqualTo(TakePlaces.PLACES);
            assertThat(limit.tryAcquire("ada")).isInstanceOf(Busy.class);

            peers.forEach(Peer::kill);
            await().atMost(Duration.ofSeconds(60)).until(() -> limit.tryAcquire("ada") instanceof Acquired);
        } finally {
            peers.forEach(Peer::close);
        }
    }
}
