package dev.coatcheck.state.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class CompletionsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** How many calls may go on. */
    private final Semaphore gate = new Semaphore(0);

    private final Completions completions = new Completions(storeThatFailsForSeveral());

    @Test
    void an_error_is_told_to_all_who_share_a_round_trip_and_to_nobody_after_them() {
        var alone = complete();
        await().atMost(PATIENCE).until(gate::hasQueuedThreads);
        var together = List.of(complete(), complete());

        gate.release(2);

        assertThat(alone).succeedsWithin(PATIENCE).isEqualTo(true);
        assertThat(together)
                .allSatisfy(each -> assertThat(each)
                        .failsWithin(PATIENCE)
                        .withThrowableThat()
                        .withCauseInstanceOf(StackOverflowError.class));
        gate.release();
        assertThat(complete()).succeedsWithin(PATIENCE).isEqualTo(true);
    }

    /** In a thread of its own; returns when this waits for somebody. */
    private Future<Boolean> complete() {
        var job = new ClaimedJob(new JobId(UUID.randomUUID()), "photos", Optional.empty(), "", 1, 5, 1);
        var completion = new FutureTask<>(() -> completions.complete(job));
        var thread = Thread.ofPlatform().daemon().name("completion").start(completion);
        await().atMost(PATIENCE)
                .until(() ->
                        Set.of(Thread.State.WAITING, Thread.State.TERMINATED).contains(thread.getState()));
        return completion;
    }

    private Jobs storeThatFailsForSeveral() {
        return (Jobs) Proxy.newProxyInstance(
                Jobs.class.getClassLoader(), new Class<?>[] {Jobs.class}, (self, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("completeAll");
                    var jobs = (Collection<?>) arguments[0];
                    gate.acquire();
                    if (jobs.size() > 1) {
                        throw new StackOverflowError();
                    }
                    return Set.copyOf(new ArrayList<>(jobs));
                });
    }
}
