package dev.coatcheck.contracts.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.idempotency.Claim;
import dev.coatcheck.state.idempotency.ClaimResult;
import dev.coatcheck.state.idempotency.ClaimResult.Claimed;
import dev.coatcheck.state.idempotency.ClaimResult.Completed;
import dev.coatcheck.state.idempotency.ClaimResult.InProgress;
import dev.coatcheck.state.idempotency.ClaimResult.Mismatch;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.idempotency.RecordResult.Recorded;
import dev.coatcheck.state.idempotency.RecordResult.Superseded;
import dev.coatcheck.state.idempotency.RecordResult.TooLarge;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every adapter of {@link Idempotency} passes. */
public abstract class IdempotencyContract {
    static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final IdempotencySettings SETTINGS = IdempotencySettings.defaults();
    private static final String KEY = "ada:8e03978e";

    /**
     * What is under test; called once in each test.
     *
     * @return one on a store that holds nothing of another test
     */
    protected abstract Idempotency idempotency(IdempotencySettings settings);

    @Test
    void a_request_is_claimed_by_one_and_the_others_wait_for_its_response() {
        var idempotency = idempotency(SETTINGS);
        var claim = claimed(idempotency.claim(KEY, "a"));
        assertThat(claim.key()).isEqualTo(KEY);

        assertThat(idempotency.claim(KEY, "a"))
                .isInstanceOfSatisfying(
                        InProgress.class,
                        busy -> assertThat(busy.atMost())
                                .isBetween(SETTINGS.lease().minus(PATIENCE), SETTINGS.lease()));
        assertThat(idempotency.record(claim, "{\"paid\":5}")).isEqualTo(new Recorded());

        for (int i = 0; i < 2; i++) {
            assertThat(idempotency.claim(KEY, "a")).isEqualTo(new Completed("{\"paid\":5}"));
        }
        claimed(idempotency.claim("another", "a"));
    }

    @Test
    void the_same_key_with_something_else_is_refused_at_every_stage() {
        var idempotency = idempotency(SETTINGS);
        var claim = claimed(idempotency.claim(KEY, "a"));
        assertThat(idempotency.claim(KEY, "b")).isEqualTo(new Mismatch());
        idempotency.record(claim, "done");
        assertThat(idempotency.claim(KEY, "b")).isEqualTo(new Mismatch());
        assertThat(idempotency.claim(KEY, "A")).isEqualTo(new Mismatch());
        assertThat(idempotency.claim(KEY, "")).isEqualTo(new Mismatch());
        assertThat(idempotency.claim(KEY, "a")).isEqualTo(new Completed("done"));
    }

    @Test
    void a_claim_that_was_abandoned_leaves_nothing_behind() {
        var idempotency = idempotency(SETTINGS);
        var claim = claimed(idempotency.claim(KEY, "a"));
        idempotency.abandon(claim);

        assertThat(idempotency.renew(claim)).isFalse();
        assertThat(idempotency.record(claim, "late")).isEqualTo(new Superseded());
        var next = claimed(idempotency.claim(KEY, "b"));
        assertThat(next.token()).isGreaterThan(claim.token());
        idempotency.abandon(claim);
        assertThat(idempotency.record(next, "done")).isEqualTo(new Recorded());
        idempotency.abandon(next);
        assertThat(idempotency.claim(KEY, "b")).isEqualTo(new Completed("done"));
    }

    @Test
    void a_claim_whose_lease_has_ended_is_taken_over_and_the_first_one_can_no_longer_record() {
        var idempotency = idempotency(SETTINGS.withLease(SHORT));
        var late = claimed(idempotency.claim(KEY, "a"));
        assertThat(idempotency.claim(KEY, "b")).isEqualTo(new Mismatch());

        var next = awaitClaim(idempotency, "a");

        assertThat(next.token()).isGreaterThan(late.token());
        assertThat(idempotency.renew(late)).isFalse();
        assertThat(idempotency.record(late, "late")).isEqualTo(new Superseded());
        idempotency.abandon(late);
        assertThat(idempotency.record(next, "done")).isEqualTo(new Recorded());
        assertThat(idempotency.record(late, "late")).isEqualTo(new Superseded());
        assertThat(idempotency.claim(KEY, "a")).isEqualTo(new Completed("done"));
    }

    @Test
    void a_claim_that_is_renewed_is_nobody_elses_until_the_next_end_of_its_lease() {
        var lease = Duration.ofSeconds(4);
        var idempotency = idempotency(SETTINGS.withLease(lease));
        assertThat(idempotency.settings().lease()).isEqualTo(lease);
        var claim = claimed(idempotency.claim(KEY, "a"));
        await().pollDelay(lease.plusMillis(50)).until(() -> true);

        assertThat(idempotency.renew(claim)).isTrue();

        assertThat(idempotency.claim(KEY, "a")).isInstanceOf(InProgress.class);
        var next = awaitClaim(idempotency, "a");
        assertThat(idempotency.renew(claim)).isFalse();
        assertThat(idempotency.renew(next)).isTrue();
        assertThat(idempotency.record(next, "done")).isEqualTo(new Recorded());
        assertThat(idempotency.renew(next)).isFalse();
        assertThat(idempotency.claim(KEY, "a")).isEqualTo(new Completed("done"));
    }

    @Test
    void a_claimant_that_is_late_may_still_record_what_nobody_else_has_claimed() {
        var idempotency = idempotency(SETTINGS.withLease(Duration.ofMillis(1)));
        var late = claimed(idempotency.claim(KEY, "a"));
        await().pollDelay(Duration.ofMillis(20)).until(() -> true);

        assertThat(idempotency.record(late, "done")).isEqualTo(new Recorded());
        assertThat(idempotency.claim(KEY, "a")).isEqualTo(new Completed("done"));
    }

    @Test
    void recording_again_is_harmless_with_the_same_response_and_refused_with_another() {
        var idempotency = idempotency(SETTINGS);
        var claim = claimed(idempotency.claim(KEY, "a"));
        assertThat(idempotency.record(claim, "done")).isEqualTo(new Recorded());

        assertThat(idempotency.record(claim, "done")).isEqualTo(new Recorded());
        assertThat(idempotency.record(claim, "else")).isEqualTo(new Superseded());
        assertThat(idempotency.record(new Claim("unknown", 1), "done")).isEqualTo(new Superseded());
        assertThat(idempotency.claim(KEY, "a")).isEqualTo(new Completed("done"));
    }

    @Test
    void a_response_is_kept_for_its_own_time_and_then_the_key_is_new() {
        var brief = idempotency(SETTINGS.withKeep(SHORT));
        var claim = claimed(brief.claim(KEY, "a"));
        assertThat(brief.record(claim, "done")).isEqualTo(new Recorded());

        var next = awaitClaim(brief, "b");

        assertThat(next.token()).isGreaterThan(claim.token());
        assertThat(brief.record(claim, "done")).isEqualTo(new Superseded());
        assertThat(brief.record(next, "next")).isEqualTo(new Recorded());
    }

    @Test
    void a_response_that_is_too_large_is_refused_and_the_claim_stays() {
        var idempotency = idempotency(SETTINGS.withMaxResponseBytes(10));
        var claim = claimed(idempotency.claim(KEY, "a"));

        assertThat(idempotency.record(claim, "ä".repeat(6))).isEqualTo(new TooLarge(12, 10));

        assertThat(idempotency.claim(KEY, "a")).isInstanceOf(InProgress.class);
        assertThat(idempotency.record(claim, "ä".repeat(5))).isEqualTo(new Recorded());
        assertThat(idempotency.claim(KEY, "a")).isEqualTo(new Completed("äääää"));
    }

    @Test
    void a_response_of_any_length_comes_back_as_it_was() {
        var idempotency = idempotency(SETTINGS);
        for (var response : List.of("", "x", "a\nb\r\n\t\u0001", "\ud83e\udde5", "x".repeat(1 << 20))) {
            var key = "length " + response.length();
            assertThat(idempotency.record(claimed(idempotency.claim(key, "a")), response))
                    .isEqualTo(new Recorded());
            assertThat(idempotency.claim(key, "a")).isEqualTo(new Completed(response));
        }
    }

    @Test
    void of_many_who_claim_at_once_one_has_it() {
        var idempotency = idempotency(SETTINGS);
        for (int round = 0; round < 20; round++) {
            var key = "round " + round;
            var results = Together.call(8, thread -> idempotency.claim(key, "a"));

            assertThat(results.stream().filter(Claimed.class::isInstance)).hasSize(1);
            assertThat(results.stream().filter(InProgress.class::isInstance)).hasSize(7);
        }
    }

    @Test
    void of_many_who_take_a_claim_over_at_once_one_has_it() {
        var lease = Duration.ofSeconds(4);
        var idempotency = idempotency(SETTINGS.withLease(lease));
        var keys = IntStream.range(0, 10).mapToObj(i -> "round " + i).toList();
        keys.forEach(key -> claimed(idempotency.claim(key, "a")));
        await().pollDelay(lease).until(() -> true);

        for (var key : keys) {
            var results = Together.call(8, thread -> idempotency.claim(key, "a"));
            assertThat(results.stream().filter(Claimed.class::isInstance)).hasSize(1);
        }
    }

    @Test
    void any_text_is_a_key_and_what_is_none_is_refused() {
        var idempotency = idempotency(SETTINGS);
        for (var key :
                List.of(" ", "a\nb", "'; drop table x; --", "{}", "*", "\u00a0", "\ud83e\udde5", "x".repeat(512))) {
            claimed(idempotency.claim(key, key.substring(0, Math.min(key.length(), 256))));
        }
        for (var bad : List.of("", "a\0b", "\ud83e", "x".repeat(513))) {
            assertThatThrownBy(() -> idempotency.claim(bad, "a")).isInstanceOf(IllegalArgumentException.class);
        }
        for (var bad : List.of("a\0b", "\ud83e", "x".repeat(257))) {
            assertThatThrownBy(() -> idempotency.claim(KEY, bad)).isInstanceOf(IllegalArgumentException.class);
        }
        var claim = claimed(idempotency.claim(KEY, "a"));
        for (var bad : List.of("a\0b", "\ud83e")) {
            assertThatThrownBy(() -> idempotency.record(claim, bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    static Claim claimed(ClaimResult result) {
        assertThat(result).isInstanceOf(Claimed.class);
        return ((Claimed) result).claim();
    }

    private static Claim awaitClaim(Idempotency idempotency, String fingerprint) {
        return claimed(await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> idempotency.claim(KEY, fingerprint), Claimed.class::isInstance));
    }
}
