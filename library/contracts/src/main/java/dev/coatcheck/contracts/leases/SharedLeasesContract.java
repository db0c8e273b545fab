package dev.coatcheck.contracts.leases;

import static dev.coatcheck.contracts.leases.LeasesUnderTest.ADA;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.LONG;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.PATIENCE;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.REPORT;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.WHILE;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.acquired;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.awaitGrant;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.busy;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.leases;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.leases.GrantResult.Refused;
import dev.coatcheck.state.leases.LeaseStore;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** What every adapter of leases passes whose store several processes can reach: two JVMs, one killed or stopped. */
public abstract class SharedLeasesContract {
    private static final int TURNS = 50;

    /** The store under test, in this JVM. */
    protected abstract LeaseStore store();

    /** How another JVM gets at the same store. */
    protected abstract Class<? extends StoreFactory<LeaseStore>> factory();

    /** What the factory is given there. */
    protected abstract String url();

    @Test
    void a_lease_whose_holder_is_killed_is_had_by_who_waits_when_its_time_is_over() throws Exception {
        var leases = leases(store(), ADA, LONG);
        try (var peer = start(LeaseActions.Hold.class)) {
            long token = Long.parseLong(peer.hear());
            assertThat(busy(leases.tryAcquire(REPORT)).name()).isEqualTo("peer");
            peer.kill();
            long killed = System.nanoTime();

            try (var lease = acquired(leases.acquire(REPORT, PATIENCE))) {
                assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(PATIENCE);
                assertThat(lease.token()).isGreaterThan(token);
            }
        }
    }

    @Test
    void a_holder_that_was_stopped_for_too_long_knows_that_it_lost_the_lease_and_has_an_older_token() {
        var store = store();
        try (var peer = start(LeaseActions.Hold.class)) {
            long token = Long.parseLong(peer.hear());
            peer.say("?");
            assertThat(peer.hear()).isEqualTo("held true");
            peer.pause();
            var granted = awaitGrant(store, REPORT, LONG);
            // What it is asked while it sleeps is the first thing that it does when it wakes.
            peer.say("?");
            peer.resume();

            assertThat(peer.hear()).isEqualTo("held false");
            peer.say("await loss");
            assertThat(peer.hear()).isEqualTo("lost");
            peer.say("release");
            assertThat(peer.hear()).isEqualTo("released false");
            assertThat(granted.token()).isGreaterThan(token);
            assertThat(store.release(granted)).isTrue();
        }
    }

    @Test
    void who_waits_is_woken_by_a_release_in_another_process() throws Exception {
        var store = store();
        try (var peer = start(LeaseActions.Hold.class);
                var waiting = store.await(REPORT)) {
            peer.hear();
            for (int i = 0; i < 3; i++) {
                assertThat(store.grant(REPORT, ADA, LONG)).isInstanceOf(Refused.class);
                waiting.await(WHILE); // of the first few, one may end early because the adapter has begun to listen
            }
            long begun = System.nanoTime();
            peer.say("release");
            while (store.grant(REPORT, ADA, LONG) instanceof Refused) {
                waiting.await(LONG);
            }

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
            assertThat(peer.hear()).isEqualTo("released true");
        }
    }

    @Test
    void processes_that_take_turns_never_share_a_token_and_see_them_grow() throws Exception {
        var leases = leases(store(), ADA, LeaseActions.Hold.DURATION);
        var here = new ArrayList<Long>();
        try (var peer = start(LeaseActions.TakeTurns.class)) {
            assertThat(peer.hear()).isEqualTo("ready");
            peer.say("" + TURNS);
            for (int i = 0; i < TURNS; i++) {
                try (var lease = acquired(leases.acquire(REPORT, PATIENCE))) {
                    here.add(lease.token());
                }
            }
            var there = new ArrayList<Long>();
            for (int i = 0; i < TURNS; i++) {
                there.add(Long.parseLong(peer.hear()));
            }
            peer.awaitSuccess();

            assertThat(here).isSorted().doesNotHaveDuplicates().doesNotContainAnyElementsOf(there);
            assertThat(there).isSorted().doesNotHaveDuplicates();
        }
    }

    private Peer start(Class<? extends PeerAction<LeaseStore>> action) {
        return Peer.start(factory(), url(), action);
    }
}
