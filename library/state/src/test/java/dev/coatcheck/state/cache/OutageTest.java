package dev.coatcheck.state.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.cache.ReadResult.Unavailable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutageTest {
    private static final Unavailable AWAY = new Unavailable("a node is away", false);

    private final Outage outage = new Outage("albums");
    private final long longAgo = System.nanoTime() - TimeUnit.SECONDS.toNanos(2);

    @Test
    void a_store_whose_part_let_its_caller_wait_is_left_alone_for_a_while() {
        outage.partly(AWAY, longAgo);

        assertThat(outage.ask(() -> "answered")).isEmpty();
    }

    @Test
    void a_store_that_has_no_room_is_asked_again_at_once() {
        outage.partly(new Unavailable("full", true), longAgo);

        assertThat(outage.ask(() -> "answered")).contains("answered");
    }

    @Test
    void a_caller_that_was_interrupted_says_nothing_of_the_store() {
        Thread.currentThread().interrupt();
        try {
            outage.partly(AWAY, longAgo);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThat(outage.ask(() -> "answered")).contains("answered");
    }
}
