package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.BackingServiceException;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Passwords that are changed while the connection lives. */
class RotationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    private final TestRedis server = TestRedis.fresh();

    private final RotatingUser user = new RotatingUser();

    @TempDir
    private Path folder;

    @Test
    void no_request_fails_while_the_password_changes_and_who_listens_from_then_on_does_so_with_the_new_one()
            throws Exception {
        user.put(server.besides(), "old");
        user.say(server.url(), "old");
        var failures = new CopyOnWriteArrayList<Throwable>();
        var requests = new AtomicInteger();
        var stop = new AtomicBoolean();
        try (var redis = Redis.attach(user::url, TestRedis.PATIENT)) {
            var visitors = Stream.generate(() -> Thread.startVirtualThread(() -> {
                        while (!stop.get()) {
                            try {
                                redis.ping();
                                requests.incrementAndGet();
                            } catch (RuntimeException failed) {
                                failures.add(failed);
                            }
                        }
                    }))
                    .limit(4)
                    .toList();
            await().atMost(PATIENCE).until(() -> requests.get() > 100);
            user.put(server.besides(), "new");
            user.say(server.url(), "new");
            assertThat(user.connections(server.besides())).isEqualTo(1);
            redis.jobs().awaitWork(Set.of("mail"), Duration.ofMillis(1));
            await().atMost(PATIENCE).until(() -> user.connections(server.besides()) == 2);
            int before = requests.get();
            await().atMost(PATIENCE).until(() -> requests.get() > before + 100);
            stop.set(true);
            for (var visitor : visitors) {
                assertThat(visitor.join(PATIENCE)).isTrue();
            }
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void a_connection_that_the_server_ends_comes_back_with_the_new_password() {
        user.put(server.besides(), "old");
        user.say(server.url(), "old");
        try (var redis = Redis.attach(user::url, TestRedis.PATIENT)) {
            redis.ping();
            // In the order that hurts: the server has the new password before the process has.
            user.put(server.besides(), "new");
            int before = user.asked();
            assertThat(user.end(server.besides())).isPositive();
            await().atMost(PATIENCE).until(() -> user.asked() > before + 2); // refused, and tried anew
            assertThatThrownBy(redis::ping).isInstanceOf(BackingServiceException.class);

            user.say(server.url(), "new");
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(redis::ping);
        }
    }

    @Test
    void a_url_that_is_slow_to_be_had_keeps_no_connection_from_coming_back() throws Exception {
        user.put(server.besides(), "old");
        user.say(server.url(), "old");
        var slow = new AtomicBoolean();
        var hangs = new CountDownLatch(1);
        Supplier<String> url = () -> {
            try {
                if (slow.get()) {
                    hangs.await();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return user.url();
        };
        try (var redis = Redis.attach(url)) {
            slow.set(true);
            assertThat(user.end(server.besides())).isPositive();
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(redis::ping);
        } finally {
            hangs.countDown();
        }
    }

    @Test
    void the_one_password_of_a_server_without_users_rotates_too() throws IOException {
        int port = RedisProcess.freePort();
        var place = "127.0.0.1:" + port;
        var url = new AtomicReference<>("redis://:old@" + place);
        var client = RedisClient.create();
        try (var alone = new RedisProcess(folder.resolve("alone"), port, List.of("--save", ""));
                var connection = client.connect(RedisURI.create(alone.url()))) {
            var admin = connection.sync();
            admin.configSet("requirepass", "old");
            try (var redis = Redis.attach(url::get, TestRedis.PATIENT)) {
                admin.configSet("requirepass", "new");
                redis.ping();
                url.set("redis://:new@" + place);
                assertThat(admin.clientKill(KillArgs.Builder.skipme())).isPositive();
                await().atMost(PATIENCE).ignoreExceptions().untilAsserted(redis::ping);
            }
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
    }

    @Test
    void a_url_that_is_of_no_use_later_changes_nothing_and_is_told_of_once_without_what_it_is() {
        var told = new CopyOnWriteArrayList<String>();
        var logger = Logger.getLogger(CurrentLogin.class.getName());
        logger.setFilter(warning -> told.add(new SimpleFormatter().formatMessage(warning)));
        try {
            for (var wrong : List.of("hunter2", "redis://rotates:hunter2@192.0.2.1/0")) {
                user.put(server.besides(), "old");
                user.say(server.url(), "old");
                told.clear();
                try (var redis = Redis.attach(user::url, TestRedis.PATIENT)) {
                    user.sayAnything(wrong);
                    for (int i = 0; i < 2; i++) {
                        assertThat(user.end(server.besides())).isPositive();
                        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(redis::ping);
                    }
                }
                assertThat(told)
                        .singleElement(STRING)
                        .contains("stays what it was")
                        .doesNotContain("hunter2");
            }
        } finally {
            logger.setFilter(null);
        }
    }

    @Test
    void one_that_is_of_no_use_at_first_is_refused_without_any_of_it() {
        user.put(server.besides(), "old");
        user.say(server.url(), "hunter2");
        assertThatThrownBy(() -> Redis.attach(user::url, TestRedis.PATIENT))
                .isInstanceOf(BackingServiceException.class)
                .hasStackTraceContaining("WRONGPASS")
                .satisfies(
                        failure -> assertThat(Throwables.getStackTrace(failure)).doesNotContain("hunter2"));
        assertThatThrownBy(() -> Redis.attach(() -> "hunter2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("hunter2");
    }
}
