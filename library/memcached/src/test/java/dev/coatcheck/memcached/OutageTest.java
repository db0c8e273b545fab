package dev.coatcheck.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.contracts.faults.PausedProcess;
import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.host.process.ProcessGroup;
import dev.coatcheck.host.service.MemcachedServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server of its own is killed, stopped and filled. */
class OutageTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    @TempDir
    private Path folder;

    private MemcachedServer server;
    private Memcached memcached;
    private Sessions sessions;

    @BeforeEach
    void start() {
        TestMemcached.requireServer();
        server = MemcachedServer.start(ServerSettings.at(folder));
        memcached = Memcached.attach(server.url(), MemcachedSettings.defaults().withTimeout(TIMEOUT));
        sessions = memcached.sessions(SessionSettings.defaults());
    }

    @AfterEach
    void stop() {
        if (server != null) {
            memcached.close();
            server.kill();
            server.close();
        }
    }

    @Test
    void a_server_that_is_killed_in_mid_use_fails_every_call_quickly_and_is_used_again_when_it_is_back() {
        var id = new AtomicReference<>(create());
        var over = new AtomicBoolean();
        var failed = new AtomicBoolean();
        var callers = Thread.ofVirtual()
                .unstarted(() -> Together.run(8, thread -> {
                    while (!over.get()) {
                        callOnce(id.get());
                    }
                }));
        callers.setUncaughtExceptionHandler((thread, e) -> failed.set(true));
        callers.start();
        try {
            for (int kill = 0; kill < 3; kill++) {
                server.kill();
                long killed = System.nanoTime();
                assertThatThrownBy(() -> sessions.find(id.get())).isInstanceOf(BackingServiceException.class);
                assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(TIMEOUT.multipliedBy(5));
                var lost = id.get();
                server.start();
                await().atMost(Duration.ofSeconds(20))
                        .ignoreExceptions()
                        .untilAsserted(() -> assertThat(sessions.find(lost)).isEmpty());
                assertThat(sessions.save(lost, Changes.none()))
                        .as("what the server lost is not brought back")
                        .isEqualTo(new Gone());
                id.set(create());
                assertThat(sessions.find(id.get())).isPresent();
            }
        } finally {
            over.set(true);
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> !callers.isAlive());

        assertThat(failed)
                .as("a caller saw something else than a failure of the service")
                .isFalse();
    }

    @Test
    void while_the_server_is_away_calls_fail_at_once() {
        server.kill();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThatThrownBy(() -> memcached.ping())
                        .hasMessageContaining("Could not ping on memcached at 127.0.0.1:" + server.tcpPort()));

        long begin = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> sessions.find(SessionId.random())).isInstanceOf(BackingServiceException.class);
        }

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(TIMEOUT.multipliedBy(5));
    }

    @Test
    void a_server_that_hangs_is_given_up_after_the_time_out_and_used_again_when_it_goes_on() {
        var id = create();
        PausedProcess.during(Long.parseLong(statistic("pid")), () -> {
            long begin = System.nanoTime();
            assertThatThrownBy(() -> sessions.find(id))
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("no answer within 2000 ms");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(TIMEOUT, TIMEOUT.multipliedBy(5));
            var large = Changes.none().put("a", "x".repeat(60_000));
            Together.run(
                    8,
                    thread -> assertThatThrownBy(() -> {
                                for (int i = 0; i < 100; i++) {
                                    sessions.create(SessionId.random(), large);
                                }
                            })
                            .as("more than the socket takes")
                            .isInstanceOf(BackingServiceException.class));
        });

        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(sessions.find(id)).isPresent());
    }

    @Test
    void a_server_that_is_full_drops_what_was_not_used_for_long_and_takes_new_sessions() {
        var large = Changes.none().put("a", "x".repeat(60_000));
        var old = SessionId.random();
        sessions.create(old, large);
        Together.run(4, thread -> {
            for (int i = 0; i < 400; i++) {
                var id = SessionId.random();
                assertThat(sessions.create(id, large)).isEqualTo(new Saved(id));
            }
        });
        var id = SessionId.random();

        assertThat(sessions.find(old)).isEmpty();
        assertThat(sessions.save(old, Changes.none())).isEqualTo(new Gone());

        assertThat(sessions.create(id, large)).isEqualTo(new Saved(id));
        assertThat(sessions.find(id)).isPresent();
    }

    @Test
    void a_server_that_refuses_rather_than_to_drop_keeps_what_it_has_and_still_ends_it() throws IOException {
        int port = TcpPorts.free();
        var command =
                List.of("memcached", "-l", "127.0.0.1", "-p", "" + port, "-U", "0", "-u", "nobody", "-m", "4", "-M");
        var process = ProcessGroup.start(new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD));
        try (process;
                var refusing = await().atMost(Duration.ofSeconds(10))
                        .ignoreExceptions()
                        .until(() -> Memcached.attach("memcached://127.0.0.1:" + port), Objects::nonNull)) {
            var full = refusing.sessions(SessionSettings.defaults());
            var large = Changes.none().put("a", "x".repeat(60_000));
            var kept = new ArrayList<SessionId>();

            assertThatThrownBy(() -> {
                        for (int i = 0; i < 400; i++) {
                            var id = SessionId.random();
                            full.create(id, large);
                            kept.add(id);
                        }
                    })
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("out of memory");

            assertThat(kept).isNotEmpty();
            assertThatThrownBy(() -> full.save(kept.get(0), large)).isInstanceOf(BackingServiceException.class);
            assertThat(kept).allSatisfy(id -> assertThat(full.find(id)).isPresent());
            kept.forEach(full::destroy);
            assertThat(kept).allSatisfy(id -> assertThat(full.find(id)).isEmpty());
            assertThat(full.create(SessionId.random(), large)).isInstanceOf(Saved.class);
        }
    }

    @Test
    void attaching_to_nobody_fails_quickly_and_to_what_is_no_url_says_so() {
        int nobody = TcpPorts.free();
        assertThatThrownBy(() -> Memcached.attach("memcached://127.0.0.1:" + nobody))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("memcached at 127.0.0.1:" + nobody);
        for (var url : new String[] {
            "",
            "127.0.0.1",
            "redis://127.0.0.1",
            "memcached://",
            "memcached://user:hunter2@host",
            "memcached://a:99999",
            "memcached://host/path",
            "memcached//app:hunter2@ somewhere"
        }) {
            assertThatThrownBy(() -> Memcached.attach(url))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("hunter2")
                    .hasNoCause();
        }
    }

    @Test
    void closing_ends_the_connection_and_fails_what_comes_after() {
        var before = statistic("curr_connections");

        memcached.close();

        assertThatThrownBy(() -> memcached.ping()).isInstanceOf(BackingServiceException.class);
        assertThatThrownBy(() -> create()).isInstanceOf(BackingServiceException.class);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> Integer.parseInt(statistic("curr_connections")) == Integer.parseInt(before) - 1);
    }

    private void callOnce(SessionId id) {
        long begin = System.nanoTime();
        try {
            sessions.save(id, Changes.none().put("left", "1"));
            sessions.find(id);
        } catch (BackingServiceException e) {
            // The only exception that an outage is.
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(TIMEOUT.multipliedBy(5));
    }

    private SessionId create() {
        var id = SessionId.random();
        assertThat(sessions.create(id, Changes.none().put("theme", "1"))).isEqualTo(new Saved(id));
        return id;
    }

    private String statistic(String name) {
        var start = "STAT " + name + " ";
        return TestMemcached.say(URI.create(server.url()), "stats").stream()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .findFirst()
                .orElseThrow();
    }
}
