package dev.coatcheck.contracts.idempotency;

import static dev.coatcheck.contracts.idempotency.ClaimAndHold.KEY;
import static dev.coatcheck.contracts.idempotency.IdempotencyContract.PATIENCE;
import static dev.coatcheck.contracts.idempotency.IdempotencyContract.claimed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.idempotency.ClaimResult.Claimed;
import dev.coatcheck.state.idempotency.ClaimResult.Completed;
import dev.coatcheck.state.idempotency.ClaimResult.InProgress;
import dev.coatcheck.state.idempotency.ClaimResult.Mismatch;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.idempotency.RecordResult.Recorded;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What every adapter of {@link Idempotency} passes whose store several processes can reach. */
public abstract class SharedIdempotencyContract {

    /** What the factory's JVM is to use, and this one too. */
    protected static final IdempotencySettings SETTINGS =
            IdempotencySettings.defaults().withLease(Duration.ofSeconds(1));

    /** What is under test, in this JVM, with {@link #SETTINGS}. */
    protected abstract Idempotency idempotency();

    /** How another JVM gets at the same store, with {@link #SETTINGS}. */
    protected abstract Class<? extends StoreFactory<Idempotency>> factory();

    /** What the factory is given there. */
    protected abstract String url();

    @Test
    void a_response_of_one_process_is_given_by_another() {
        var idempotency = idempotency();
        try (var peer = start()) {
            peer.hear();
            assertThat(idempotency.claim(KEY, "b")).isEqualTo(new Mismatch());
            peer.say("record");
            assertThat(peer.hear()).isEqualTo(new Recorded().toString());
            peer.kill();
        }

        assertThat(idempotency.claim(KEY, "a")).isEqualTo(new Completed("by the peer"));
    }

    @Test
    void a_request_whose_process_is_killed_is_taken_over_when_its_lease_ends() {
        var idempotency = idempotency();
        try (var peer = start()) {
            long token = Long.parseLong(peer.hear());
            peer.kill();
            var claim = claimed(await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> idempotency.claim(KEY, "a"), Claimed.class::isInstance));

            assertThat(claim.token()).isGreaterThan(token);
            assertThat(idempotency.record(claim, "by us")).isEqualTo(new Recorded());
        }
    }

    @Test
    void a_process_that_was_stopped_for_too_long_cannot_record_any_more() {
        var idempotency = idempotency();
        try (var peer = start()) {
            peer.hear();
            peer.pause();
            var claim = claimed(await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> idempotency.claim(KEY, "a"), Claimed.class::isInstance));
            peer.resume();
            peer.say("record");

            assertThat(peer.hear()).startsWith("Superseded");
            assertThat(idempotency.claim(KEY, "a")).isInstanceOfAny(InProgress.class, Claimed.class);
            assertThat(claim.token()).isPositive();
        }
    }

    private Peer start() {
        return Peer.start(factory(), url(), ClaimAndHold.class);
    }
}
