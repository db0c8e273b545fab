package dev.coatcheck.state.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RunningTest {
    @Test
    void an_interrupt_before_the_start_meets_the_job_and_not_whoever_claimed_it() {
        var interrupted = new CompletableFuture<Boolean>();
        var job = new ClaimedJob(new JobId(UUID.randomUUID()), "photos", Optional.empty(), "", 1, 5, 1);
        var running = new Running(
                job,
                Duration.ofMinutes(1),
                System.nanoTime(),
                self -> interrupted.complete(Thread.currentThread().isInterrupted()));

        running.interrupt();
        assertThat(Thread.interrupted()).isFalse();
        running.start();

        assertThat(interrupted).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(true);
    }
}
