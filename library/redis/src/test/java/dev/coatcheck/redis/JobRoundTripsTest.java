package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.service.RedisMonitor;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.GroupLimit;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Retry;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What jobs cost, counted by the server. */
class JobRoundTripsTest {
    private static final Set<String> QUEUES = Set.of("mail", "photos");
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TestRedis store = TestRedis.fresh();
    private final Jobs jobs = store.redis().jobs();
    private final RedisMonitor monitor;

    JobRoundTripsTest() throws IOException {
        monitor = new RedisMonitor(store.url());
    }

    /** The server learns each script the first time it meets it. */
    @BeforeEach
    void teachTheServerTheScripts() {
        everything();
    }

    @AfterEach
    void detach() throws IOException {
        monitor.close();
        store.close();
    }

    @Test
    void everything_that_is_done_with_jobs_is_one_command_each() {
        assertThat(commandsOf(this::everything)).hasSize(21).containsOnly("EVALSHA");
    }

    private void everything() {
        jobs.enqueueAll(Collections.nCopies(4, NewJob.of("mail", "").withRetry(Retry.never())));
        var claimed = jobs.claim(QUEUES, 4, LONG);
        jobs.renew(claimed, LONG);
        jobs.report(claimed.get(0), "half");
        jobs.completeAll(claimed.subList(0, 1));
        jobs.giveBack(claimed.subList(1, 2));
        var id = claimed.get(3).id();
        jobs.fail(claimed.get(2), "boom");
        jobs.fail(claimed.get(3), "boom");
        jobs.find(id);
        jobs.list("mail", JobState.DEAD, 10);
        jobs.replay(id);
        jobs.replayAll("mail", 10);
        jobs.cancel(id);
        jobs.limitGroups("mail", GroupLimit.none());
        jobs.lastFired("report", Instant.EPOCH);
        jobs.fire("report", Instant.EPOCH.plusSeconds(1), NewJob.of("other", ""));
        jobs.enqueueBatch(List.of(), NewJob.of("other", "").withUniqueKey("1"));
        jobs.depths();
        assertThat(jobs.claim(QUEUES, 10, LONG)).extracting(ClaimedJob::queue).containsOnly("mail");
        jobs.cancel(claimed.get(1).id());
        jobs.cancel(claimed.get(2).id());
    }

    @Test
    void a_worker_with_nothing_to_do_asks_nothing_and_is_told_of_a_job() {
        var done = new AtomicInteger();
        var settings = WorkerSettings.defaults().withPollInterval(Duration.ofMinutes(10));
        try (var worker = Worker.start(jobs, Map.of("mail", execution -> done.incrementAndGet()), settings)) {
            jobs.enqueue(NewJob.of("mail", ""));
            await().atMost(PATIENCE)
                    .until(() -> done.get() == 1 && !jobs.depths().containsKey("mail"));
            await().during(Duration.ofMillis(500))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> worker.running() == 0);

            // Once it is subscribed it looks once more for what it may have missed.
            await().atMost(PATIENCE)
                    .until(() -> commandsIn(Duration.ofSeconds(1)).isEmpty());
            assertThat(commandsIn(Duration.ofSeconds(2))).isEmpty();

            jobs.enqueue(NewJob.of("mail", ""));
            await().atMost(PATIENCE).until(() -> done.get() == 2);
        }
    }

    private List<String> commandsIn(Duration time) {
        return commandsOf(() -> await().pollDelay(time).until(() -> true));
    }

    private List<String> commandsOf(Runnable action) {
        try {
            var commands = monitor.commandsDuring(() -> {
                action.run();
                store.redis().ping();
            });
            commands.remove("PING");
            return commands;
        } catch (IOException e) {
            throw new UncheckedIOException("the monitor was cut off", e);
        }
    }
}
