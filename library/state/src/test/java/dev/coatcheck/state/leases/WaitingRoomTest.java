package dev.coatcheck.state.leases;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WaitingRoomTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final WaitingRoom room = new WaitingRoom();

    @Test
    void a_release_before_the_wait_is_not_missed() throws Exception {
        try (var waiting = room.enter("a")) {
            room.wake("a");
            assertThat(isWoken(waiting, LONG)).isTrue();
            assertThat(isWoken(waiting, SHORT)).isFalse();
        }
    }

    @Test
    void a_release_wakes_one_and_the_one_that_has_waited_longest() throws Exception {
        try (var first = room.enter("a");
                var second = room.enter("a");
                var other = room.enter("b")) {
            room.wake("a");
            assertThat(isWoken(second, SHORT)).isFalse();
            assertThat(isWoken(other, SHORT)).isFalse();
            assertThat(isWoken(first, LONG)).isTrue();

            room.wakeAll();
            assertThat(isWoken(first, LONG)).isTrue();
            assertThat(isWoken(second, LONG)).isTrue();
            assertThat(isWoken(other, LONG)).isTrue();
        }
    }

    @Test
    void one_that_was_woken_and_leaves_wakes_the_next() throws Exception {
        try (var second = room.enter("a")) {
            var first = room.enter("a");
            room.wake("a"); // the second's
            room.wake("a"); // the first's
            assertThat(isWoken(second, LONG)).isTrue();
            first.close();
            assertThat(isWoken(second, LONG)).isTrue();

            var third = room.enter("a");
            third.close();
            assertThat(isWoken(second, SHORT)).isFalse();
        }
    }

    private static boolean isWoken(LeaseStore.Waiting waiting, Duration limit) throws InterruptedException {
        long begun = System.nanoTime();
        waiting.await(limit);
        return System.nanoTime() - begun < limit.toNanos();
    }
}
