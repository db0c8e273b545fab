package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.contracts.faults.PausedProcess;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.RedisServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server of its own is killed, stopped, filled and cut off. */
class OutageTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    @TempDir
    private Path folder;

    private RedisServer server;
    private Redis redis;
    private Sessions sessions;

    @BeforeEach
    void start() {
        server = RedisServer.start(ServerSettings.at(folder).withDurability(Durability.PROCESS_LOSS));
        redis = Redis.attach(server.url(), RedisSettings.defaults().withTimeout(TIMEOUT));
        sessions = redis.sessions(SessionSettings.defaults());
    }

    @AfterEach
    void stop() {
        redis.close();
        server.kill();
        server.close();
    }

    @Test
    void a_server_that_is_killed_in_mid_use_fails_every_call_quickly_and_is_used_again_when_it_is_back() {
        var id = create(Changes.none().put("left", "0").put("right", "0"));
        var over = new AtomicBoolean();
        var callers = Thread.ofVirtual()
                .unstarted(() -> Together.run(8, thread -> {
                    for (long i = 0; !over.get(); i++) {
                        callOnce(id, thread * 1_000_000L + i);
                    }
                }));
        var failed = new AtomicBoolean();
        callers.setUncaughtExceptionHandler((thread, e) -> failed.set(true));
        callers.start();
        try {
            for (int kill = 0; kill < 3; kill++) {
                server.kill();
                long killed = System.nanoTime();
                assertThatThrownBy(() -> sessions.find(id)).isInstanceOf(BackingServiceException.class);
                assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(TIMEOUT.multipliedBy(5));
                server.start();
                await().atMost(Duration.ofSeconds(20))
                        .ignoreExceptions()
                        .untilAsserted(() -> assertThat(sessions.find(id)).isPresent());
            }
        } finally {
            over.set(true);
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> !callers.isAlive());

        assertThat(failed)
                .as("a caller saw something else than a failure of the service")
                .isFalse();
        var attributes = sessions.find(id).orElseThrow().attributes();
        assertThat(attributes.get("left")).as("a save is whole").isEqualTo(attributes.get("right"));
    }

    @Test
    void while_the_server_is_away_calls_fail_at_once() {
        server.kill();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThatThrownBy(() -> redis.ping())
                        .hasMessageContaining("Could not ping on redis at 127.0.0.1:" + server.tcpPort()));

        long begin = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> sessions.find(SessionId.random())).isInstanceOf(BackingServiceException.class);
        }

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(TIMEOUT.multipliedBy(5));
    }

    @Test
    void what_was_saved_outlives_the_server_process() {
        var id = create(Changes.none().user("ada").put("theme", "\"dark\""));

        server.kill();
        server.start();

        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(sessions.devices("ada")).hasSize(1));
        assertThat(sessions.find(id)).isPresent();
    }

    @Test
    void a_server_that_hangs_is_given_up_after_the_time_out_and_used_again_when_it_goes_on() {
        var id = create(Changes.none());
        PausedProcess.during(serverPid(), () -> {
            long begin = System.nanoTime();
            assertThatThrownBy(() -> sessions.find(id))
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("no answer within 2000 ms");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(TIMEOUT, TIMEOUT.multipliedBy(5));
        });

        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(sessions.find(id)).isPresent());
    }

    @Test
    void a_link_that_goes_silent_is_replaced() {
        var id = create(Changes.none());
        try (var relay = Relay.to(server.tcpPort());
                var proxied = Redis.attach(
                        relay.through(server.url()), RedisSettings.defaults().withTimeout(TIMEOUT))) {
            var distant = proxied.sessions(SessionSettings.defaults());
            assertThat(distant.find(id)).isPresent();

            relay.silenceOpenLinks();

            assertThatThrownBy(() -> distant.find(id)).isInstanceOf(BackingServiceException.class);
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(distant.find(id)).isPresent());
        }
    }

    @Test
    void a_server_that_is_full_refuses_writes_and_still_finds_sessions() {
        var brief = redis.sessions(SessionSettings.defaults().withIdleTimeout(Duration.ofSeconds(30)));
        var id = SessionId.random();
        brief.create(id, Changes.none().put("theme", "1"));
        var seen = brief.find(id).orElseThrow().lastSeenAt();
        besides(commands -> commands.configSet("maxmemory", "1"));

        assertThatThrownBy(() -> brief.save(id, Changes.none().put("theme", "2")))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("it is full")
                .hasMessageContaining("maxmemory is raised");
        assertThatThrownBy(() -> brief.create(SessionId.random(), Changes.none().user("ada")))
                .isInstanceOf(BackingServiceException.class);
        await().pollInterval(Duration.ofMillis(500))
                .during(Duration.ofSeconds(4)) // beyond the tenth after which a read moves the end
                .atMost(Duration.ofSeconds(15))
                .until(() -> brief.find(id).orElseThrow().lastSeenAt().equals(seen));
        brief.destroy(id);
        assertThat(brief.find(id)).isEmpty();
    }

    @Test
    void a_session_that_the_server_evicted_is_gone_and_never_half_there() {
        var large = Changes.none().put("left", "x".repeat(30_000)).put("right", "x".repeat(30_000));
        besides(commands -> {
            commands.configSet("maxmemory-policy", "volatile-random");
            commands.configSet("maxmemory", "8mb");
        });

        var ids = Stream.generate(() -> create(large)).limit(200).toList();

        var gone = ids.stream().filter(id -> sessions.find(id).isEmpty()).toList();
        assertThat(gone).hasSizeBetween(1, ids.size() - 1);
        assertThat(gone).allSatisfy(id -> {
            assertThat(sessions.save(id, Changes.none().put("left", "1"))).isEqualTo(new Gone());
            assertThat(sessions.find(id)).isEmpty();
        });
        var left = ids.stream().flatMap(id -> sessions.find(id).stream()).toList();
        assertThat(left).allSatisfy(session -> assertThat(session.attributes()).containsOnlyKeys("left", "right"));
    }

    @Test
    void limits_answer_in_an_outage_as_they_were_told_to() {
        var four = Limit.of("four", 4, Duration.ofHours(1));
        var open = redis.limits(new OnOutage.Open());
        var closed = redis.limits(new OnOutage.Closed());
        var half = redis.limits(new OnOutage.LocalShare(2));
        var ofStore = ((Allowed) closed.acquire(four.on("ada"))).reservation();

        server.kill();

        for (int i = 0; i < 10; i++) {
            assertThat(open.acquire(four.on("ada"))).isInstanceOf(Allowed.class);
        }
        open.refund(((Allowed) open.acquire(four.on("ada"))).reservation());
        assertThatThrownBy(() -> closed.acquire(four.on("ada"))).isInstanceOf(BackingServiceException.class);
        assertThatThrownBy(() -> closed.refund(ofStore)).isInstanceOf(BackingServiceException.class);

        half.refund(ofStore);
        var local = (Allowed) half.acquire(four.on("ada").withCost(2));
        assertThat(local.reservation().asks()).containsExactly(four.on("ada").withCost(2));
        assertThat(((Limited) half.acquire(four.on("ada"))).limit()).isEqualTo(four);
        half.refund(local.reservation());
        assertThat(half.acquire(four.on("ada"))).isInstanceOf(Allowed.class);
        assertThat(half.acquire(four.on("grace").withCost(3)))
                .as("more than the whole share")
                .isEqualTo(new Limited(four, Duration.ofHours(1)));

        server.start();
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> closed.acquire(four.on("ada").withCost(3)) instanceof Allowed);
        assertThat(closed.acquire(four.on("ada")))
                .as("one was spent before the outage")
                .isInstanceOf(Limited.class);
    }

    @Test
    void attaching_fails_quickly_and_shows_no_password() {
        int nobody = TcpPorts.free();
        assertThatThrownBy(() -> Redis.attach("redis://app:hunter2@127.0.0.1:" + nobody))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("redis at 127.0.0.1:" + nobody)
                .hasMessageNotContaining("hunter2");

        besides(commands -> commands.aclSetuser(
                "app",
                AclSetuserArgs.Builder.on().addPassword("right").allCommands().allKeys()));
        var wrong = "redis://app:hunter2@127.0.0.1:" + server.tcpPort();
        assertThatThrownBy(() -> Redis.attach(wrong))
                .isInstanceOf(BackingServiceException.class)
                .satisfies(e -> assertThat(allMessages(e)).contains("WRONGPASS").doesNotContain("hunter2"));
        assertThatThrownBy(() -> Redis.attach("redis//app:hunter2@ somewhere"))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(allMessages(e)).doesNotContain("hunter2"));
        try (var right = Redis.attach(wrong.replace("hunter2", "right"))) {
            right.ping();
        }
    }

    @Test
    void closing_ends_every_thread_and_fails_what_comes_after() {
        redis.close();

        assertThatThrownBy(() -> redis.ping()).isInstanceOf(BackingServiceException.class);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("lettuce-")));
    }

    private void callOnce(SessionId id, long number) {
        long begin = System.nanoTime();
        try {
            sessions.save(id, Changes.none().put("left", "" + number).put("right", "" + number));
            sessions.find(id);
        } catch (BackingServiceException e) {
            // The only exception that an outage is.
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(TIMEOUT.multipliedBy(8));
    }

    private SessionId create(Changes changes) {
        var id = SessionId.random();
        assertThat(sessions.create(id, changes)).isEqualTo(new Saved(id));
        return id;
    }

    private void besides(Consumer<RedisCommands<String, String>> what) {
        var client = RedisClient.create(server.url());
        try (var connection = client.connect()) {
            what.accept(connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
    }

    private long serverPid() {
        var pid = new long[1];
        besides(commands ->
                pid[0] = Long.parseLong(commands.info("server").replaceAll("(?s).*process_id:(\\d+).*", "$1")));
        return pid[0];
    }

    private static String allMessages(Throwable e) {
        var messages = new StringBuilder();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            messages.append(cause).append('\n');
        }
        return messages.toString();
    }
}
