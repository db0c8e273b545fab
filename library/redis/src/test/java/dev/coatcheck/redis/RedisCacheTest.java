package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.RedisServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.Answer;
import dev.coatcheck.state.cache.Answer.Hit;
import dev.coatcheck.state.cache.Answer.Loaded;
import dev.coatcheck.state.cache.Answer.Stale;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.LoadFailedException;
import dev.coatcheck.state.cache.Loader;
import dev.coatcheck.state.cache.NearSettings;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server of its own is killed, stopped, filled, emptied and cut off while a cache is on it. */
class RedisCacheTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration STALENESS = Duration.ofSeconds(1);
    private static final CacheSettings ALBUMS =
            CacheSettings.named("albums").withBeta(0).withJitter(0);
    private static final CacheSettings NEAR =
            ALBUMS.withNear(NearSettings.defaults().withStaleness(STALENESS));
    private static final Loader UNEXPECTED = () -> {
        throw new AssertionError("loaded, although there was something to serve");
    };

    @TempDir
    private Path folder;

    private RedisServer server;
    private Redis redis;

    @BeforeEach
    void start() {
        server = RedisServer.start(ServerSettings.at(folder).withDurability(Durability.PROCESS_LOSS));
        redis = TestRedis.attachInTime(server.url(), RedisSettings.defaults().withTimeout(TIMEOUT));
    }

    @AfterEach
    void stop() {
        redis.close();
        server.kill();
        server.close();
    }

    @Test
    void while_the_server_is_away_everything_is_loaded_and_when_it_is_back_what_it_kept_is_served() {
        try (var cache = redis.cache(ALBUMS)) {
            cache.get("42", LONG, () -> Optional.of("kept"));
            server.kill();
            for (int i = 0; i < 20; i++) {
                assertThat(cache.get("42", LONG, () -> Optional.of("loaded")))
                        .isEqualTo(new Loaded(Optional.of("loaded"), false));
            }
            assertThat(cache.getAll(List.of("42", "43"), LONG, keys -> Map.of("42", "loaded")))
                    .isEqualTo(Map.of(
                            "42", new Loaded(Optional.of("loaded"), false),
                            "43", new Loaded(Optional.empty(), false)));
            assertThatThrownBy(() -> cache.invalidate("42"))
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("invalidate an entry of the cache \"albums\"");
            assertThatThrownBy(() -> cache.invalidateTag("user:7")).isInstanceOf(BackingServiceException.class);

            server.start();
            await().atMost(PATIENCE)
                    .until(() ->
                            cache.get("42", LONG, () -> Optional.of("loaded")).equals(new Hit(Optional.of("kept"))));
        }
    }

    @Test
    void a_server_that_is_killed_while_something_is_loaded_costs_the_entry_and_not_the_answer() {
        try (var cache = redis.cache(ALBUMS)) {
            assertThat(cache.get("42", LONG, () -> {
                        server.kill();
                        return Optional.of("1");
                    }))
                    .isEqualTo(new Loaded(Optional.of("1"), false));
        }
    }

    @Test
    void a_server_that_is_killed_while_several_are_loaded_costs_the_entries_and_not_the_answers() {
        try (var cache = redis.cache(ALBUMS)) {
            assertThat(cache.getAll(List.of("42", "43"), LONG, keys -> {
                        server.kill();
                        return Map.of("42", "1");
                    }))
                    .isEqualTo(Map.of(
                            "42", new Loaded(Optional.of("1"), false),
                            "43", new Loaded(Optional.empty(), false)));
        }
    }

    @Test
    void a_server_that_lost_everything_while_something_is_loaded_does_not_keep_it() {
        try (var cache = redis.cache(ALBUMS)) {
            assertThat(cache.get("42", LONG, () -> {
                        besides(RedisCommands::flushall);
                        return Optional.of("1");
                    }))
                    .isEqualTo(new Loaded(Optional.of("1"), false));
            assertThat(cache.get("42", LONG, () -> Optional.of("2"))).isEqualTo(new Loaded(Optional.of("2"), true));
        }
    }

    @Test
    void a_server_that_hangs_holds_up_one_request_at_a_time_and_not_every_one() throws Exception {
        try (var relay = Relay.to(server.tcpPort());
                var far = TestRedis.attachInTime(
                        relay.through(server.url()), RedisSettings.defaults().withTimeout(TIMEOUT));
                var cache = far.cache(ALBUMS)) {
            cache.get("42", LONG, () -> Optional.of("1"));
            relay.silenceOpenLinks();
            long silent = System.nanoTime();

            for (int i = 0; i < 100; i++) {
                cache.get("42", LONG, () -> Optional.of("1"));
            }

            assertThat(Duration.ofNanos(System.nanoTime() - silent)).isLessThan(TIMEOUT.multipliedBy(5));
        }
    }

    @Test
    void however_a_link_ends_what_was_under_way_on_it_takes_no_place_any_more() throws Exception {
        var keys = IntStream.range(0, 400).mapToObj(Integer::toString).toList();
        try (var relay = Relay.to(server.tcpPort());
                var far = TestRedis.attachInTime(
                        relay.through(server.url()), RedisSettings.defaults().withTimeout(TIMEOUT));
                var cache = far.cache(ALBUMS)) {
            List<Runnable> ends = List.of(
                    () -> {}, relay::silenceOpenLinks, relay::loseAnswers, relay::loseRequests, relay::fallSilent);
            for (var end : ends) {
                await().atMost(PATIENCE)
                        .until(() ->
                                cache.get("42", LONG, () -> Optional.of("1")).equals(new Hit(Optional.of("1"))));
                end.run();
                Together.run(8, thread -> cache.getAll(keys, LONG, missing -> Map.of()));
                relay.pass();
                // A link that stays silent is closed by whoever has waited a whole time-out for its answer.
                await().atMost(PATIENCE).untilAsserted(() -> {
                    cache.get("42", LONG, () -> Optional.of("1"));
                    assertThat(far.cacheStore().underWay()).isZero();
                });
            }
        }
    }

    @Test
    void a_silent_link_ends_although_all_places_are_taken_by_those_who_wait_no_longer() throws Exception {
        var keys = IntStream.range(0, CacheCommands.PLACES / 5)
                .mapToObj(Integer::toString)
                .toList();
        try (var relay = Relay.to(server.tcpPort());
                // So long that they are interrupted before it is over.
                var far = Redis.attach(
                        relay.through(server.url()), RedisSettings.defaults().withTimeout(Duration.ofSeconds(3)));
                var cache = far.cache(ALBUMS)) {
            cache.get("42", LONG, () -> Optional.of("1"));
            relay.silenceOpenLinks();
            var gone = Stream.generate(
                            () -> Thread.startVirtualThread(() -> cache.getAll(keys, LONG, missing -> Map.of())))
                    .limit(6) // one more than there are places for
                    .toList();
            await().atMost(PATIENCE)
                    .until(() -> gone.stream().allMatch(each -> each.getState() == Thread.State.TIMED_WAITING));
            gone.forEach(Thread::interrupt);

            await().atMost(PATIENCE.multipliedBy(2))
                    .until(() -> cache.get("42", LONG, () -> Optional.of("2")).equals(new Hit(Optional.of("1"))));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(far.cacheStore().underWay()).isZero());
        }
    }

    @Test
    void a_slow_server_is_waited_for() throws Exception {
        try (var relay = Relay.to(server.tcpPort());
                var far = Redis.attach(
                        relay.through(server.url()), RedisSettings.defaults().withTimeout(Duration.ofSeconds(5)));
                var cache = far.cache(ALBUMS)) {
            relay.delay(Duration.ofMillis(100));
            assertThat(cache.get("42", LONG, () -> Optional.of("1"))).isEqualTo(new Loaded(Optional.of("1"), true));
            assertThat(cache.get("42", LONG, UNEXPECTED)).isEqualTo(new Hit(Optional.of("1")));
            cache.invalidate("42");
            assertThat(cache.get("42", LONG, () -> Optional.of("2"))).isEqualTo(new Loaded(Optional.of("2"), true));
        }
    }

    @Test
    void several_keys_are_all_asked_for_and_then_all_kept_before_the_first_answer_comes() throws Exception {
        var keys = IntStream.range(0, 50).mapToObj(Integer::toString).toList();
        try (var relay = Relay.to(server.tcpPort());
                var far = Redis.attach(
                        relay.through(server.url()), RedisSettings.defaults().withTimeout(PATIENCE.multipliedBy(2)));
                var cache = far.cache(ALBUMS.withLease(LONG))) {
            cache.get("warm", LONG, () -> Optional.of("1")); // since the server has to learn the scripts
            long before = scriptsRun();
            relay.holdAnswers();
            var asked = new FutureTask<>(() -> cache.getAll(keys, LONG, missing -> {
                relay.holdAnswers();
                return missing.stream().collect(Collectors.toMap(key -> key, key -> key));
            }));
            Thread.ofVirtual().name("asking").start(asked);
            await().atMost(PATIENCE).until(() -> scriptsRun() == before + 50);
            relay.pass();
            await().atMost(PATIENCE).until(() -> scriptsRun() == before + 100);
            relay.pass();

            assertThat(asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .hasSize(50)
                    .containsEntry("49", new Loaded(Optional.of("49"), true));
        }
    }

    private long scriptsRun() {
        var count = new long[1];
        besides(commands -> count[0] =
                Long.parseLong(commands.info("commandstats").replaceAll("(?s).*cmdstat_evalsha:calls=(\\d+).*", "$1")));
        return count[0];
    }

    @Test
    void a_server_that_is_full_serves_what_it_has_and_keeps_nothing_new() {
        try (var eager = redis.cache(ALBUMS.withBeta(1e6));
                var cache = redis.cache(ALBUMS)) {
            eager.get("42", LONG, () -> {
                Thread.sleep(20); // so that it is due at once
                return Optional.of("1");
            });
            besides(commands -> commands.configSet("maxmemory", "1"));

            for (int i = 0; i < 3; i++) {
                assertThat(cache.get("43", LONG, () -> Optional.of("2")))
                        .isEqualTo(new Loaded(Optional.of("2"), false));
            }
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(eager.get("42", LONG, UNEXPECTED)).isEqualTo(new Hit(Optional.of("1"))));
            besides(commands -> commands.configSet("maxmemory", "0"));
            assertThat(cache.get("44", LONG, () -> {
                        besides(commands -> commands.configSet("maxmemory", "1"));
                        return Optional.of("3");
                    }))
                    .isEqualTo(new Loaded(Optional.of("3"), false));

            besides(commands -> commands.configSet("maxmemory", "0"));
            await().atMost(PATIENCE)
                    .until(() -> cache.get("44", LONG, () -> Optional.of("3")).equals(new Hit(Optional.of("3"))));
        }
    }

    @Test
    void of_several_keys_a_server_that_is_full_serves_what_it_has_and_only_the_rest_is_loaded() {
        var tags = Set.of("user:7");
        try (var cache = redis.cache(ALBUMS)) {
            cache.get("1", LONG, () -> Optional.of("kept"));
            cache.get("2", tags, LONG, () -> Optional.of("kept"));
            besides(commands -> commands.configSet("maxmemory", "1"));
            for (int i = 0; i < 5; i++) {
                assertThat(cache.getAll(
                                List.of("1", "2", "3", "4"),
                                key -> key.equals("2") ? tags : key.equals("4") ? Set.of("unknown") : Set.of(),
                                LONG,
                                missing -> {
                                    assertThat(missing).containsExactlyInAnyOrder("3", "4");
                                    return Map.of("3", "loaded");
                                }))
                        .isEqualTo(Map.of(
                                "1", new Hit(Optional.of("kept")),
                                "2", new Hit(Optional.of("kept")),
                                "3", new Loaded(Optional.of("loaded"), false),
                                "4", new Loaded(Optional.empty(), false)));
                assertThat(cache.get("5", LONG, () -> Optional.of("loaded")))
                        .isEqualTo(new Loaded(Optional.of("loaded"), false));
            }
        }
    }

    @Test
    void a_tag_that_the_server_evicted_takes_its_entries_along() {
        try (var cache = redis.cache(ALBUMS)) {
            cache.get("42", Set.of("user:7"), LONG, () -> Optional.of("1"));
            besides(commands -> assertThat(commands.del("coatcheck:cache-tag:albums:user:7"))
                    .isEqualTo(1));

            assertThat(cache.get("42", Set.of("user:7"), LONG, () -> Optional.of("2")))
                    .isEqualTo(new Loaded(Optional.of("2"), true));
        }
    }

    @Test
    void what_is_near_is_dropped_when_the_way_on_which_it_is_invalidated_was_cut() {
        try (var near = redis.cache(NEAR);
                var far = redis.cache(ALBUMS)) {
            for (int i = 0; i < 5; i++) {
                var value = "" + i;
                far.invalidate("42");
                far.get("42", LONG, () -> Optional.of(value));
                awaitNear(near, "42", value);
                // Both in one go, so that nobody is told.
                besides(commands -> {
                    commands.clientKill(KillArgs.Builder.typePubsub());
                    commands.del("coatcheck:cache:{albums:42}:entry");
                });
                long cut = System.nanoTime();

                await().atMost(PATIENCE)
                        .until(() ->
                                !near.get("42", LONG, () -> Optional.of("new")).equals(new Hit(Optional.of(value))));
                assertThat(Duration.ofNanos(System.nanoTime() - cut)).isLessThan(STALENESS.plusSeconds(3));
            }
        }
    }

    @Test
    void what_is_near_is_not_served_for_longer_than_was_promised_when_the_server_fell_silent() throws Exception {
        try (var relay = Relay.to(server.tcpPort());
                var cutOff = TestRedis.attachInTime(
                        relay.through(server.url()), RedisSettings.defaults().withTimeout(TIMEOUT));
                var near = cutOff.cache(NEAR);
                var far = redis.cache(ALBUMS)) {
            far.get("42", LONG, () -> Optional.of("old"));
            awaitNear(near, "42", "old");
            relay.silenceOpenLinks();
            far.invalidate("42");
            long invalidated = System.nanoTime();

            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> near.get("42", LONG, () -> Optional.of("new"))
                            .value()
                            .equals(Optional.of("new")));
            assertThat(Duration.ofNanos(System.nanoTime() - invalidated))
                    .as("and the one request that found out")
                    .isLessThan(STALENESS.plus(TIMEOUT.multipliedBy(4)));
        }
    }

    @Test
    void a_restart_of_the_server_empties_what_is_near_and_it_fills_again() {
        try (var near = redis.cache(NEAR)) {
            near.get("42", LONG, () -> Optional.of("1"));
            awaitNear(near, "42", "1");
            server.kill();
            await().atMost(STALENESS.plus(PATIENCE))
                    .until(() ->
                            near.get("42", LONG, () -> Optional.of("2")).equals(new Loaded(Optional.of("2"), false)));
            server.start();
            besides(RedisCommands::flushall);

            awaitNear(near, "42", "3");
        }
    }

    @Test
    void what_is_stale_is_served_while_the_loader_fails_over_a_restart_of_the_server() {
        try (var cache = redis.cache(ALBUMS.withStale(LONG))) {
            cache.get("42", Duration.ofMillis(100), () -> Optional.of("old"));
            server.kill();
            server.start();
            var failures = new AtomicInteger();

            await().atMost(PATIENCE)
                    .ignoreException(LoadFailedException.class) // while the server is away
                    .until(() -> cache.get("42", LONG, () -> {
                                failures.incrementAndGet();
                                throw new IllegalStateException("as planned");
                            })
                            .equals(new Stale(Optional.of("old"))));
            await().atMost(PATIENCE).until(() -> failures.get() > 0); // in the background
        }
    }

    @Test
    void closing_leaves_no_thread() {
        var near = redis.cache(NEAR);
        near.get("42", LONG, () -> Optional.of("1"));
        near.close();
        redis.close();

        await().atMost(PATIENCE)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("lettuce-")));
    }

    /** Until nobody asks the server: what it has is changed there behind the back of all. */
    private void awaitNear(Cache near, String key, String value) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            long before = commandsProcessed();
            for (int i = 0; i < 200; i++) {
                Answer answer = near.get(key, LONG, () -> Optional.of(value));
                assertThat(answer.value()).contains(value);
            }
            return commandsProcessed() - before < 100;
        });
    }

    private long commandsProcessed() {
        var count = new long[1];
        besides(commands -> count[0] =
                Long.parseLong(commands.info("stats").replaceAll("(?s).*total_commands_processed:(\\d+).*", "$1")));
        return count[0];
    }

    private void besides(Consumer<RedisCommands<String, String>> step) {
        var client = RedisClient.create(server.url());
        try (var connection = client.connect()) {
            step.accept(connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
    }
}
