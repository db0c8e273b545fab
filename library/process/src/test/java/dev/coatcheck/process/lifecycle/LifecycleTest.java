package dev.coatcheck.process.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.process.lifecycle.Lifecycle.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LifecycleTest {
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final Lifecycle lifecycle = Lifecycle.embedded(Duration.ofSeconds(10));

    private AutoCloseable says(String event) {
        return () -> events.add(event + " while " + lifecycle.state());
    }

    @Test
    void it_goes_from_starting_over_ready_and_draining_to_stopped() throws InterruptedException {
        assertThat(lifecycle.state()).isEqualTo(State.STARTING);
        lifecycle.ready();
        assertThat(lifecycle.state()).isEqualTo(State.READY);

        lifecycle.close();

        assertThat(lifecycle.state()).isEqualTo(State.STOPPED);
        lifecycle.awaitStopped();
        lifecycle.ready();
        assertThat(lifecycle.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void the_phases_follow_each_other_whatever_the_order_of_registration() {
        lifecycle.onStop(Phase.CLIENTS, "redis", says("redis closed"));
        lifecycle.onStop(Phase.WORK, "requests", says("requests finished"));
        lifecycle.onStop(Phase.LISTENERS, "http", says("http closed"));
        lifecycle.ready();

        lifecycle.close();

        assertThat(events)
                .containsExactly(
                        "http closed while DRAINING",
                        "requests finished while DRAINING",
                        "redis closed while DRAINING");
    }

    @Test
    void the_steps_of_one_phase_run_at_the_same_time() {
        var both = new CyclicBarrier(2);
        for (var name : List.of("requests", "jobs")) {
            lifecycle.onStop(Phase.WORK, name, () -> {
                try {
                    both.await(5, TimeUnit.SECONDS);
                    events.add(name);
                } catch (BrokenBarrierException alone) {
                    events.add("alone");
                }
            });
        }

        lifecycle.close();

        assertThat(events).containsExactlyInAnyOrder("requests", "jobs");
    }

    @Test
    void a_step_that_throws_does_not_keep_the_others_from_running() {
        lifecycle.onStop(Phase.LISTENERS, "broken", () -> {
            throw new IllegalStateException("broken");
        });
        lifecycle.onStop(Phase.WORK, "worse", () -> {
            throw new AssertionError("worse");
        });
        lifecycle.onStop(Phase.CLIENTS, "redis", says("redis closed"));

        lifecycle.close();

        assertThat(events).containsExactly("redis closed while DRAINING");
    }

    @Test
    void a_step_that_overruns_is_interrupted_and_the_next_phase_begins() {
        var hurried = Lifecycle.embedded(Duration.ofSeconds(1));
        hurried.onStop(Phase.WORK, "endless", () -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException interrupted) {
                events.add("interrupted");
                throw interrupted;
            }
        });
        hurried.onStop(Phase.CLIENTS, "redis", () -> {
            await().until(() -> events.contains("interrupted"));
            events.add("redis closed");
        });

        hurried.close();

        assertThat(events).containsExactly("interrupted", "redis closed");
    }

    @Test
    void a_step_that_comes_to_begin_only_when_its_time_is_over_is_done_all_the_same() throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            var hurried = Lifecycle.embedded(Duration.ofNanos(1));
            var done = new CountDownLatch(1);
            hurried.onStop(Phase.WORK, "late", done::countDown);

            hurried.close();

            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void a_step_registered_while_an_earlier_phase_runs_still_has_its_turn() {
        lifecycle.onStop(Phase.LISTENERS, "http", () -> lifecycle.onStop(Phase.CLIENTS, "redis", says("redis closed")));

        lifecycle.close();

        assertThat(events).containsExactly("redis closed while DRAINING");
    }

    @Test
    void a_step_registered_after_its_phase_runs_at_once() {
        lifecycle.close();

        lifecycle.onStop(Phase.CLIENTS, "redis", says("redis closed"));

        assertThat(events).containsExactly("redis closed while STOPPED");
    }

    @Test
    void closing_from_several_threads_stops_once_and_all_wait_for_the_end() throws InterruptedException {
        var finish = new CountDownLatch(1);
        lifecycle.onStop(Phase.WORK, "request", () -> {
            events.add("finished");
            finish.await();
        });
        var closers = List.of(new Thread(lifecycle::close), new Thread(lifecycle::close));
        closers.forEach(Thread::start);
        await().until(() -> events.size() == 1);
        assertThat(closers).allMatch(Thread::isAlive);

        finish.countDown();

        for (var closer : closers) {
            closer.join();
        }
        assertThat(events).containsExactly("finished");
    }

    @Test
    void a_negative_drain_timeout_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Lifecycle.embedded(Duration.ofSeconds(-1)));
    }
}
