package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.Answer.Hit;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.NearSettings;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real master with a replica and a sentinel, and a real fail-over. */
class SentinelTest {
    private static final Duration LONG = Duration.ofHours(1);

    @TempDir
    private Path folder;

    private RedisProcess master;
    private RedisProcess replica;
    private RedisProcess sentinel;

    @BeforeEach
    void start() throws IOException {
        master = new RedisProcess(folder.resolve("master"), RedisProcess.freePort(), List.of("--save", ""));
        replica = new RedisProcess(
                folder.resolve("replica"),
                RedisProcess.freePort(),
                List.of("--save", "", "--replicaof", "127.0.0.1", "" + master.port()));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> replica.info("replication").contains("master_link_status:up"));
        var settings = folder.resolve("sentinel.conf");
        Files.writeString(settings, """
                sentinel monitor main 127.0.0.1 %d 1
                sentinel down-after-milliseconds main 1000
                sentinel failover-timeout main 5000
                """.formatted(master.port()));
        sentinel = new RedisProcess(
                folder.resolve("sentinel"), RedisProcess.freePort(), List.of(settings.toString(), "--sentinel"));
    }

    @AfterEach
    void end() {
        sentinel.close();
        replica.close();
        master.close();
    }

    @Test
    void sessions_go_on_at_the_replica_when_the_master_is_killed() {
        var url = "redis-sentinel://127.0.0.1:" + sentinel.port() + "#main";
        await().atMost(Duration.ofSeconds(30))
                .until(() -> sentinel.info("sentinel").contains("slaves=1"));
        try (var redis = Redis.attach(url, RedisSettings.defaults().withTimeout(Duration.ofSeconds(2)))) {
            var sessions = redis.sessions(SessionSettings.defaults());
            var id = SessionId.random();
            assertThat(sessions.create(id, Changes.none().put("theme", "1"))).isEqualTo(new Saved(id));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> replica.ask(commands -> commands.keys("*")).size() == 1);

            master.kill();

            assertThatThrownBy(() -> sessions.find(id)).isInstanceOf(BackingServiceException.class);
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(
                                    sessions.save(id, Changes.none().put("theme", "2")))
                            .isEqualTo(new Saved(id)));
            assertThat(replica.info("replication")).contains("role:master");
        }
    }

    @Test
    void a_password_of_the_master_rotates_beside_sentinels_that_have_none() {
        var user = new RotatingUser();
        master.ask(redis -> put(redis, user, "old"));
        user.say("redis-sentinel://127.0.0.1:" + sentinel.port() + "#main", "old");
        try (var redis = Redis.attach(user::url, TestRedis.PATIENT)) {
            redis.ping();
            master.ask(commands -> put(commands, user, "new"));
            user.say("redis-sentinel://127.0.0.1:" + sentinel.port() + "#main", "new");
            assertThat(master.<Long>ask(user::end)).isPositive();
            await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(redis::ping);
        }
    }

    private static boolean put(RedisCommands<String, String> server, RotatingUser user, String password) {
        user.put(server, password);
        return true;
    }

    @Test
    void a_server_that_became_a_replica_is_left_for_the_one_that_took_its_place() {
        var url = "redis-sentinel://127.0.0.1:" + sentinel.port() + "#main";
        await().atMost(Duration.ofSeconds(30))
                .until(() -> sentinel.info("sentinel").contains("slaves=1"));
        try (var redis = Redis.attach(url, RedisSettings.defaults().withTimeout(Duration.ofSeconds(2)))) {
            var sessions = redis.sessions(SessionSettings.defaults());
            var id = SessionId.random();
            sessions.create(id, Changes.none());
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> replica.ask(commands -> commands.keys("*")).size() == 1);

            var client = RedisClient.create();
            try (var connection = client.connectSentinel(RedisURI.create("redis://127.0.0.1:" + sentinel.port()))) {
                connection.sync().failover("main");
            } finally {
                client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
            }

            // Who becomes a replica cuts the connections of its clients, that of this question among them.
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> master.info("replication").contains("role:slave"));
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .untilAsserted(
                            () -> assertThat(sessions.save(id, Changes.none())).isEqualTo(new Saved(id)));
        }
    }

    @Test
    void a_cache_goes_on_at_the_replica_and_nothing_near_outlives_the_fail_over() {
        var url = "redis-sentinel://127.0.0.1:" + sentinel.port() + "#main";
        await().atMost(Duration.ofSeconds(30))
                .until(() -> sentinel.info("sentinel").contains("slaves=1"));
        var settings = CacheSettings.named("albums").withBeta(0);
        var staleness = Duration.ofSeconds(1);
        try (var one = Redis.attach(url, RedisSettings.defaults().withTimeout(Duration.ofSeconds(2)));
                var other = Redis.attach(url, RedisSettings.defaults().withTimeout(Duration.ofSeconds(2)));
                var near = one.cache(settings.withNear(NearSettings.defaults().withStaleness(staleness)));
                var far = other.cache(settings)) {
            near.get("42", LONG, () -> Optional.of("old"));
            await().atMost(Duration.ofSeconds(20))
                    .until(() ->
                            replica.ask(commands -> commands.keys("*:entry")).size() == 1);

            master.kill();
            // Whatever happens meanwhile, what was said to be invalid is served no longer than promised.
            await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
                near.get("42", LONG, () -> Optional.of("old"));
                far.invalidate("42");
                return true;
            });
            long invalidated = System.nanoTime();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> near.get("42", LONG, () -> Optional.of("new"))
                            .value()
                            .equals(Optional.of("new")));
            assertThat(Duration.ofNanos(System.nanoTime() - invalidated)).isLessThan(staleness.plusSeconds(3));
            assertThat(replica.info("replication")).contains("role:master");

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> near.get("42", LONG, () -> Optional.of("new")) instanceof Hit);
        }
    }
}
