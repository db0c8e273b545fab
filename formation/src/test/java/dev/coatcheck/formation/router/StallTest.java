package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StallTest {
    private final Stall stall = new Stall(Duration.ofMillis(300), Duration.ofMillis(100), 0);

    @Test
    void a_loop_that_looks_in_time_never_looks_away() {
        assertThat(lookingAwayAt(100, 200, 300, 590, 700)).isEmpty();
    }

    @Test
    void after_a_stall_it_looks_away_until_what_came_meanwhile_could_be_read() {
        assertThat(lookingAwayAt(100, 2_000, 2_001, 2_002, 2_100, 2_200)).containsExactly(2_000L, 2_001L, 2_002L);
    }

    @Test
    void a_loop_that_is_always_late_looks_every_other_time() {
        assertThat(lookingAwayAt(1_000, 2_000, 3_000, 4_000)).containsExactly(1_000L, 3_000L);
    }

    private List<Long> lookingAwayAt(long... milliseconds) {
        List<Long> away = new ArrayList<>();
        for (long at : milliseconds) {
            if (stall.looksAway(TimeUnit.MILLISECONDS.toNanos(at))) {
                away.add(at);
            }
        }
        return away;
    }
}
