package dev.coatcheck.process.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.process.Instance;
import dev.coatcheck.process.lifecycle.Lifecycle;
import dev.coatcheck.process.lifecycle.Phase;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HealthTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Lifecycle lifecycle = Lifecycle.embedded(Duration.ofSeconds(5));
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Health health = new Health(lifecycle, now::get);

    @AfterEach
    void stop() {
        lifecycle.close();
    }

    private static void failIf(AtomicBoolean down) throws IOException {
        if (down.get()) {
            throw new ConnectException("redis://:hunter2@10.0.0.7 refused");
        }
    }

    private void growOld() {
        now.addAndGet(ResourceCheck.FRESH.toNanos());
    }

    private static ResourceStatus only(Readiness readiness) {
        assertThat(readiness.resources()).hasSize(1);
        return readiness.resources().getFirst().status();
    }

    @Test
    void a_process_is_ready_from_ready_until_it_drains_and_lives_until_all_is_closed() {
        var finish = new CountDownLatch(1);
        lifecycle.onStop(Phase.WORK, "request", finish::await);
        assertThat(health.ready().ready()).isFalse();
        assertThat(health.live().live()).isTrue();

        lifecycle.ready();
        assertThat(health.ready().ready()).isTrue();

        var closer = Thread.ofVirtual().name("closer").start(lifecycle::close);
        await().until(() -> lifecycle.state() == Lifecycle.State.DRAINING);
        assertThat(health.ready().ready()).isFalse();
        assertThat(health.live().live()).isTrue();

        finish.countDown();
        await().until(() -> !closer.isAlive());
        assertThat(health.ready().ready()).isFalse();
        assertThat(health.live().live()).isFalse();
    }

    @Test
    void attached_resources_gate_the_first_readiness_and_are_only_reported_afterwards() {
        var down = new AtomicBoolean(true);
        health.check("redis", PATIENCE, () -> failIf(down));
        lifecycle.ready();
        assertThat(health.ready().ready()).isFalse();

        down.set(false);
        growOld();
        assertThat(health.ready().ready()).isTrue();

        down.set(true);
        growOld();
        var readiness = health.ready();
        assertThat(only(readiness)).isInstanceOf(ResourceStatus.Down.class);
        assertThat(readiness.ready()).isTrue();
    }

    @Test
    void resources_that_answer_while_the_process_starts_do_not_open_the_gate() {
        var down = new AtomicBoolean();
        health.check("redis", PATIENCE, () -> failIf(down));
        assertThat(only(health.ready())).isInstanceOf(ResourceStatus.Up.class);

        down.set(true);
        growOld();
        lifecycle.ready();

        assertThat(health.ready().ready()).isFalse();
    }

    @Test
    void the_reason_that_is_told_holds_no_message_of_the_failure() {
        health.check("redis", PATIENCE, () -> failIf(new AtomicBoolean(true)));

        assertThat(health.ready().json()).isEqualTo("""
                        {"ready":false,"state":"starting","instance":"%s",\
                        "resources":[{"name":"redis","up":false,"reason":"failed with ConnectException"}]}\
                        """.formatted(Instance.name()));
    }

    @Test
    void a_check_that_hangs_costs_its_time_out_and_one_thread_however_often_it_is_polled() {
        var running = new AtomicInteger();
        var release = new CountDownLatch(1);
        health.check("stuck", Duration.ofMillis(50), () -> {
            running.incrementAndGet();
            while (release.getCount() > 0) {
                try {
                    release.await();
                } catch (InterruptedException ignored) {
                    // This is the kind that ignores it.
                }
            }
        });

        for (int i = 0; i < 3; i++) {
            assertThat(only(health.ready())).isEqualTo(new ResourceStatus.Down("no answer within 50 ms"));
            growOld();
        }
        await().until(() -> running.get() > 0); // its thread may begin late
        assertThat(running).hasValue(1);

        release.countDown();
        await().until(() -> {
            growOld();
            return only(health.ready()) instanceof ResourceStatus.Up;
        });
    }

    @Test
    void an_answer_is_good_for_a_second() {
        var asked = new AtomicInteger();
        health.check("redis", PATIENCE, asked::incrementAndGet);

        health.ready();
        now.addAndGet(ResourceCheck.FRESH.toNanos() - 1);
        health.ready();
        assertThat(asked).hasValue(1);

        now.incrementAndGet();
        health.ready();
        assertThat(asked).hasValue(2);
    }

    @Test
    void a_hundred_polls_at_once_ask_a_resource_once() throws InterruptedException {
        var asked = new AtomicInteger();
        health.check("redis", PATIENCE, asked::incrementAndGet);
        lifecycle.ready();

        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var polls = IntStream.range(0, 100)
                    .mapToObj(i -> executor.submit(health::ready))
                    .toList();
            for (var poll : polls) {
                assertThat(poll).succeedsWithin(PATIENCE).matches(Readiness::ready);
            }
        }

        assertThat(asked).hasValue(1);
    }

    @Test
    void the_checks_run_at_the_same_time() {
        var both = new CyclicBarrier(2);
        health.check("redis", PATIENCE, () -> both.await(15, TimeUnit.SECONDS))
                .check("postgres", PATIENCE, () -> both.await(15, TimeUnit.SECONDS));

        assertThat(health.ready().resources())
                .allMatch(resource -> resource.status() instanceof ResourceStatus.Up)
                .extracting(Readiness.Resource::name)
                .isEqualTo(List.of("redis", "postgres"));
    }

    @Test
    void a_name_is_given_once() {
        health.check("redis", PATIENCE, () -> {});

        assertThatIllegalArgumentException().isThrownBy(() -> health.check("redis", PATIENCE, () -> {}));
    }
}
