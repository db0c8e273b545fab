package dev.coatcheck.contracts.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.LocalLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LocalLimitsTest extends LimitsContract {

    @Override
    protected Limits limits() {
        return new LocalLimits(LocalLimits.monotonicClock(), 1_000);
    }

    @Test
    void permits_are_back_at_the_very_microsecond_that_was_told() {
        var now = new AtomicReference<>(Instant.parse("2026-11-21T10:00:00Z"));
        var limits = new LocalLimits(now::get, 1_000);
        var limit = Limit.of("odd", 7, Duration.ofSeconds(10));
        limits.acquire(limit.on("ada").withCost(7));

        assertThat(limits.acquire(limit.on("ada"))).isEqualTo(new Limited(limit, Duration.ofNanos(1_428_572_000)));
        now.updateAndGet(before -> before.plusNanos(1_428_571_000));
        assertThat(limits.acquire(limit.on("ada"))).isInstanceOf(Limited.class);
        now.updateAndGet(before -> before.plusNanos(1_000));
        assertThat(limits.acquire(limit.on("ada"))).isInstanceOf(Allowed.class);
    }

    @Test
    void beyond_its_bound_it_forgets_the_key_that_was_longest_not_asked_for() {
        var limits = new LocalLimits(LocalLimits.monotonicClock(), 2);
        var limit = Limit.of("one", 1, Duration.ofHours(1));

        limits.acquire(limit.on("ada"));
        limits.acquire(limit.on("grace"));
        assertThat(limits.acquire(limit.on("ada"))).isInstanceOf(Limited.class);
        limits.acquire(limit.on("barbara"));

        assertThat(limits.acquire(limit.on("ada"))).isInstanceOf(Limited.class);
        assertThat(limits.acquire(limit.on("grace"))).isInstanceOf(Allowed.class);
    }

    @Test
    void those_whose_key_is_not_known_do_not_share_one() {
        var limit = Limit.of("log-in", 5, Duration.ofMinutes(15));

        assertThatThrownBy(() -> limit.on(unknown())).hasMessageContaining("the key of an ask is null");
    }

    @SuppressWarnings("NullAway") // what code does that is compiled without checks for null
    private static String unknown() {
        return null;
    }
}
