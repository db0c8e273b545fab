package dev.coatcheck.state.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Whoever is closed while they ask a store ends when it answers, and pauses no more before that. */
class ClosingTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Whose thread the store holds. */
    private final CompletableFuture<Thread> asking = new CompletableFuture<>();

    private final CountDownLatch answer = new CountDownLatch(1);

    /** Jobs that answer to one question late. */
    private Jobs late(String question, Object late) {
        return (Jobs) Proxy.newProxyInstance(
                Jobs.class.getClassLoader(), new Class<?>[] {Jobs.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("onCancel")) {
                        return (Jobs.CancelWatch) () -> {};
                    }
                    assertThat(method.getName()).isEqualTo(question);
                    asking.complete(Thread.currentThread());
                    assertThat(answer.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                            .isTrue();
                    return late;
                });
    }

    /** Closes it while it asks; then the store answers. */
    private void closeWhileItAsks(Runnable close) throws Exception {
        var asker = asking.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        var closing = Thread.ofPlatform().start(close);
        while (closing.isAlive() && closing.getState() != Thread.State.TIMED_WAITING) { // for the thread to end
            Thread.onSpinWait();
        }
        answer.countDown();

        assertThat(asker.join(PATIENCE)).as("the thread has ended").isTrue();
        assertThat(closing.join(PATIENCE)).isTrue();
    }

    @Test
    void a_scheduler() throws Exception {
        var hourly = Schedule.of("report", Cron.parse("0 * * * *", ZoneOffset.UTC), at -> NewJob.of("reports", ""));
        var now = InstantSource.system().instant();
        var scheduler = Scheduler.start(late("lastFired", now), List.of(hourly), InstantSource.fixed(now));

        closeWhileItAsks(scheduler::close);
    }

    @Test
    void who_keeps_the_leases_of_a_worker() throws Exception {
        var running = new RunningJobs();
        var job = new ClaimedJob(JobId.next(), "mail", Optional.empty(), "", 1, 1, 1);
        running.add(new Running(job, LONG, System.nanoTime(), entry -> {}));
        var leases = new Leases(late("renew", Set.of()), running, LONG);
        leases.start();
        leases.renewNow();

        closeWhileItAsks(leases::close);
    }
}
