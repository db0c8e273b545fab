package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class EjectionTest extends RouterTest {
    private final AtomicBoolean broken = new AtomicBoolean(true);

    private static RouterSettings quarantine(Duration time) {
        return settings()
                .withHold(new RouterSettings.Hold(10, Duration.ofSeconds(20)))
                .withTimeouts(settings().timeouts().withQuarantine(time));
    }

    private RawUpstream breaking() throws IOException {
        return upstream((request, connection) -> {
            if (broken.get()) {
                connection.reset();
            } else {
                connection.respond(200, "mended");
            }
        });
    }

    @Test
    void an_instance_that_keeps_breaking_connections_is_avoided() throws Exception {
        Router router = router(quarantine(Duration.ofMinutes(1)));
        RawUpstream bad = breaking();
        router.add("web.1", bad.address());
        router.add("web.2", answering("good").address());

        for (int i = 0; i < 20; i++) {
            assertThat(get(router, "/").body()).isEqualTo("good");
        }

        assertThat(bad.requests).hasSize(3);
        assertThat(notices)
                .containsExactly(
                        new Notice.Ejected("web.1", "breaks connections before it answers", Duration.ofMinutes(1)));
        for (int i = 0; i < 4; i++) {
            assertThat(post(router, "x").body()).isEqualTo("good");
        }
    }

    @Test
    void an_instance_that_does_not_answer_in_time_is_avoided() throws Exception {
        RouterSettings settings = quarantine(Duration.ofMinutes(1));
        Router router = router(settings.withTimeouts(settings.timeouts().withResponse(Duration.ofSeconds(5))));
        RawUpstream silent = upstream((request, connection) -> connection.readHead());
        router.add("web.1", silent.address());
        router.add("web.2", answering("good").address());

        await().atMost(Duration.ofSeconds(60)).until(() -> {
            get(router, "/");
            return notices.size() == 1;
        });

        assertThat(notices.getFirst().message()).startsWith("web.1 does not answer in time");
        for (int i = 0; i < 10; i++) {
            assertThat(get(router, "/").statusCode()).isEqualTo(200);
        }
        assertThat(silent.requests).hasSize(3);
    }

    @Test
    void it_is_avoided_for_longer_each_time_and_returns_by_itself_once_it_answers() throws Exception {
        Router router = router(quarantine(Duration.ofMillis(100)));
        RawUpstream bad = breaking();
        router.add("web.1", bad.address());
        router.add("web.2", answering("good").address());

        await().until(() -> {
            assertThat(get(router, "/").body()).isEqualTo("good");
            return notices.size() == 3;
        });
        assertThat(notices)
                .extracting(notice -> ((Notice.Ejected) notice).time().toMillis())
                .containsExactly(100L, 200L, 400L);
        assertThat(bad.requests).as("one probe each time").hasSize(5);
        broken.set(false);

        await().until(() -> get(router, "/").body().equals("mended"));
        assertThat(notices).last().isEqualTo(new Notice.Returned("web.1"));
        assertThat(get(router, "/").body()).isNotEqualTo(get(router, "/").body());
    }

    @Test
    void the_last_instance_is_never_taken_out() throws Exception {
        Router router =
                router(quarantine(Duration.ofMinutes(1)).withHold(new RouterSettings.Hold(10, Duration.ofMillis(500))));
        router.add("web.1", breaking().address());
        for (int i = 0; i < 3; i++) {
            assertThat(get(router, "/").statusCode()).isEqualTo(502);
        }
        assertThat(notices).hasSize(1);

        broken.set(false);

        assertThat(get(router, "/").body()).isEqualTo("mended");
        assertThat(notices).last().isEqualTo(new Notice.Returned("web.1"));
    }

    @Test
    void a_request_that_cannot_be_repeated_is_not_used_to_try_whether_it_answers_again() throws Exception {
        Router router = router(quarantine(Duration.ofMillis(100)));
        RawUpstream bad = breaking();
        router.add("web.1", bad.address());
        router.add("web.2", answering("good").address());
        await().until(() -> {
            get(router, "/");
            return notices.size() == 1;
        });
        int asked = bad.requests.size();

        await().during(Duration.ofMillis(400))
                .until(() -> post(router, "x").body().equals("good"));

        assertThat(bad.requests).hasSize(asked);
    }

    @Test
    void a_connection_that_this_machine_cannot_make_is_not_held_against_the_instance() throws Exception {
        Router router =
                router(quarantine(Duration.ofMinutes(1)).withHold(new RouterSettings.Hold(10, Duration.ofMillis(500))));
        // The system makes no connection to where everybody is, and says so at once, as it does without a free TCP
        // port.
        router.add("web.1", new InetSocketAddress("255.255.255.255", 80));
        for (int i = 0; i < 3; i++) {
            assertThat(get(router, "/").statusCode()).isEqualTo(503);
        }

        router.add("web.2", answering("good").address());

        for (int i = 0; i < 6; i++) {
            assertThat(post(router, "x").body()).isEqualTo("good");
        }
        assertThat(router.metrics().ejections()).isZero();
        assertThat(notices).hasSize(1);
        assertThat(notices.getFirst()).isInstanceOf(Notice.CannotConnect.class);
        assertThat(notices.getFirst().message()).contains("web.1", "ulimit -n");
    }
}
