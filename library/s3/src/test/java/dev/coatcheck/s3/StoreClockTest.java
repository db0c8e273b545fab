package dev.coatcheck.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A store that counts in seconds, and processes whose clocks are right or wrong. */
class StoreClockTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @Test
    void where_the_clocks_agree_an_age_is_right_to_the_millisecond() {
        var stored = NOON.plusMillis(900);
        var asked = NOON.plusMillis(1_150);

        assertThat(StoreClock.age(stored, NOON, NOON.plusSeconds(1), asked)).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void a_clock_that_is_wrong_is_not_believed_by_more_than_a_second() {
        var hour = Duration.ofHours(1);
        var answered = NOON.plusSeconds(10);

        assertThat(StoreClock.age(NOON.plus(hour), NOON, answered, answered)).isEqualTo(Duration.ofSeconds(9));
        assertThat(StoreClock.age(NOON.minus(hour), NOON, answered, answered)).isEqualTo(Duration.ofSeconds(11));
        assertThat(StoreClock.age(NOON, NOON, answered, answered.plus(hour))).isEqualTo(Duration.ofSeconds(11));
        assertThat(StoreClock.storedAt(NOON.plus(hour), NOON)).isEqualTo(NOON);
        assertThat(StoreClock.storedAt(NOON.plusMillis(1_234), NOON.plusSeconds(2)))
                .isEqualTo(NOON.plusMillis(1_234));
    }
}
