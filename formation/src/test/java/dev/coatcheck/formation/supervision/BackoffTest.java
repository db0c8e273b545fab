package dev.coatcheck.formation.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(new Random(17));

    @Test
    void the_first_wait_is_short_and_the_others_double_up_to_a_minute() {
        assertThat(backoff.afterEnd(Duration.ZERO)).isLessThan(Duration.ofSeconds(1));
        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
            assertThat(backoff.afterEnd(Duration.ofSeconds(59)))
                    .isBetween(Duration.ofSeconds(seconds), Duration.ofMillis(Math.min(60_000, seconds * 1250L)));
        }
    }

    @Test
    void what_came_up_and_served_never_waits_for_more_than_a_second() {
        for (int i = 0; i < 10; i++) {
            assertThat(backoff.afterService(Duration.ofSeconds(3))).isLessThanOrEqualTo(Duration.ofSeconds(1));
        }
        assertThat(backoff.isLoop()).isTrue();
    }

    @Test
    void it_is_a_loop_from_the_third_end_in_a_row() {
        backoff.afterEnd(Duration.ZERO);
        backoff.afterEnd(Duration.ZERO);
        assertThat(backoff.isLoop()).isFalse();
        backoff.afterEnd(Duration.ZERO);
        assertThat(backoff.isLoop()).isTrue();
    }

    @Test
    void a_minute_of_health_is_a_new_beginning() {
        for (int i = 0; i < 100; i++) {
            backoff.afterEnd(Duration.ZERO);
        }
        assertThat(backoff.afterEnd(Duration.ofSeconds(60))).isLessThan(Duration.ofSeconds(1));
        assertThat(backoff.isLoop()).isFalse();
    }
}
