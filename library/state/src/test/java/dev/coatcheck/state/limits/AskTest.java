package dev.coatcheck.state.limits;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AskTest {
    private final Limit limit = Limit.of("login", 5, Duration.ofMinutes(15));

    @Test
    void a_cost_that_a_limit_never_gives_is_refused() {
        assertThatThrownBy(() -> limit.on("ada").withCost(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> limit.on("ada").withCost(6)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_limit_that_no_store_can_count_is_refused() {
        assertThatThrownBy(() -> Limit.of("", 1, Duration.ofSeconds(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Limit.of("a", 0, Duration.ofSeconds(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Limit.of("a", 1, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Limit.of("a", 2, Duration.ofNanos(1_000)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Limit.of("a", 1, Limit.MAX_WINDOW.plusNanos(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
