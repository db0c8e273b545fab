package dev.coatcheck.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.host.service.MemcachedServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.Answer.Hit;
import dev.coatcheck.state.cache.Answer.Loaded;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.EntryKey;
import dev.coatcheck.state.cache.Load;
import dev.coatcheck.state.cache.Loader;
import dev.coatcheck.state.cache.Question;
import dev.coatcheck.state.cache.ReadResult.Missing;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a cache on Memcached costs and cannot hold, and what it does while its server is killed. */
class MemcachedCacheTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final CacheSettings ALBUMS =
            CacheSettings.named("albums").withBeta(0).withJitter(0);
    private static final Loader UNEXPECTED = () -> {
        throw new AssertionError("loaded, although there was something to serve");
    };

    @TempDir
    private Path folder;

    private MemcachedServer server;
    private Memcached memcached;

    @BeforeEach
    void start() {
        TestMemcached.requireServer();
        server = MemcachedServer.start(ServerSettings.at(folder));
        memcached = Memcached.attach(server.url(), MemcachedSettings.defaults().withTimeout(Duration.ofSeconds(2)));
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
    void a_hit_reads_the_entry_and_its_tags_and_a_load_writes_twice() {
        var tags = Set.of("user:7", "public");
        var load = new Load(new EntryKey("albums", "42"), "token");
        try (var cache = memcached.cache(ALBUMS)) {
            costs(2, 2, () -> cache.get("42", LONG, () -> Optional.of("1")));
            costs(1, 0, () -> cache.get("42", LONG, UNEXPECTED));
            costs(3 + 3 + 1, 2 + 2, () -> cache.get("43", tags, LONG, () -> Optional.of("1")));
            costs(3, 0, () -> cache.get("43", tags, LONG, UNEXPECTED));
            costs(3 + 1, 2, () -> cache.get("44", tags, LONG, () -> Optional.of("1")));
            costs(0, 0, () -> cache.invalidate("42"));
            costs(0, 0, () -> cache.invalidateTag("user:7"));
            costs(1, 0, () -> memcached.cacheStore().renew(load, LONG));
        }
    }

    @Test
    void several_keys_are_read_and_written_as_often_each_and_all_are_asked_for_before_the_first_answer_comes()
            throws Exception {
        var keys = List.of("1", "2", "3");
        Function<String, Set<String>> tags = key -> Set.of("user:7");
        try (var relay = Relay.to(URI.create(server.url()).getPort());
                var far = Memcached.attach(
                        relay.through(server.url()),
                        MemcachedSettings.defaults().withTimeout(PATIENCE.multipliedBy(2)));
                var cache = far.cache(ALBUMS)) {
            costs(4 + 4 + 3, 1 + 3 + 3, () -> cache.getAll(keys, tags, LONG, missing -> Map.of("1", "1")));
            costs(4, 0, () -> cache.getAll(keys, tags, LONG, missing -> Map.of()));

            long before = statistic("cmd_get");
            relay.holdAnswers();
            var asked = new FutureTask<>(() -> cache.getAll(keys, tags, LONG, missing -> Map.of()));
            Thread.ofVirtual().name("asking").start(asked);
            await().atMost(PATIENCE).until(() -> statistic("cmd_get") == before + 4);
            relay.pass();
            assertThat(asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).containsEntry("1", new Hit(Optional.of("1")));
        }
    }

    @Test
    void a_silent_link_ends_although_all_places_are_taken_by_those_who_wait_no_longer() throws Exception {
        var keys = IntStream.range(0, 400).mapToObj(Integer::toString).toList();
        try (var relay = Relay.to(URI.create(server.url()).getPort());
                // So long that they are interrupted before it is over.
                var far = Memcached.attach(
                        relay.through(server.url()),
                        MemcachedSettings.defaults().withTimeout(Duration.ofSeconds(3)));
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
                    .until(() -> cache.getAll(List.of("42"), LONG, missing -> Map.of("42", "2"))
                            .equals(Map.of("42", new Hit(Optional.of("1")))));
        }
    }

    @Test
    void what_is_too_large_for_an_item_is_given_and_not_kept_and_nobody_waits_for_it() {
        var large = "x".repeat(1024 * 1024);
        try (var cache = memcached.cache(ALBUMS.withMaxBytes(4 * 1024 * 1024))) {
            var almost = large.substring(1024);
            assertThat(cache.get("42", LONG, () -> Optional.of(almost)).equals(new Loaded(Optional.of(almost), true)))
                    .isTrue();
            long begun = System.nanoTime();
            for (int i = 0; i < 3; i++) {
                assertThat(cache.get("43", LONG, () -> Optional.of(large))
                                .equals(new Loaded(Optional.of(large), false)))
                        .isTrue();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(ALBUMS.lease());
        }
    }

    @Test
    void where_one_of_several_cannot_be_read_no_right_to_load_the_others_is_left_behind() {
        var store = memcached.cacheStore();
        var tooLarge = "x".repeat(1024 * 1024);
        assertThatThrownBy(() -> store.readAll(List.of(question("42", "1"), question("43", tooLarge))))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("too large");

        assertThat(store.readAll(List.of(question("42", "2"), question("43", "2"))))
                .hasOnlyElementsOfType(Missing.class);
    }

    private static Question question(String key, String token) {
        return new Question(new EntryKey("albums", key), List.of(), token, LONG, 0, false);
    }

    @Test
    void what_the_server_evicts_is_loaded_anew_and_a_tag_takes_its_entries_along() {
        try (var cache = memcached.cache(ALBUMS)) {
            for (int i = 0; i < 3; i++) {
                var value = "" + i;
                assertThat(cache.get("42", Set.of("user:7"), LONG, () -> Optional.of(value)))
                        .isEqualTo(new Loaded(Optional.of(value), true));
                delete(i == 0 ? "coatcheck:cache:albums:" : "coatcheck:cache-tag:albums:");
            }
        }
    }

    @Test
    void an_entry_that_the_first_release_wrote_is_served() {
        var bytes = HexFormat.of()
                .parseHex("01010100000005636166c3a9000000000000000000000005000003bb2cc3d800000003bb2cc3d80000");
        try (var cache = memcached.cache(ALBUMS)) {
            cache.get("42", LONG, () -> Optional.of("1"));
            say("set " + key("coatcheck:cache:albums:") + " 0 0 " + bytes.length + "\r\n"
                    + new String(bytes, StandardCharsets.ISO_8859_1));

            assertThat(cache.get("42", LONG, UNEXPECTED)).isEqualTo(new Hit(Optional.of("caf\u00e9")));
        }
    }

    @Test
    void bytes_of_another_format_are_no_entry() {
        try (var cache = memcached.cache(ALBUMS)) {
            for (var bytes : new String[] {"", "\u0001", "\u0002 of tomorrow", "\u0001\u0001\u0001\u007f\u007f"}) {
                cache.get("42", LONG, () -> Optional.of("1"));
                say("set " + key("coatcheck:cache:albums:") + " 0 0 " + bytes.length() + "\r\n" + bytes);

                assertThat(cache.get("42", LONG, () -> Optional.of("2")).value())
                        .contains("2");
                assertThat(cache.get("42", LONG, UNEXPECTED)).isEqualTo(new Hit(Optional.of("2")));
                cache.invalidate("42");
            }
        }
    }

    @Test
    void while_the_server_is_away_everything_is_loaded_and_when_it_is_back_it_keeps_again() {
        try (var cache = memcached.cache(ALBUMS)) {
            assertThat(cache.get("42", LONG, () -> {
                        server.kill();
                        return Optional.of("1");
                    }))
                    .isEqualTo(new Loaded(Optional.of("1"), false));
            for (int i = 0; i < 20; i++) {
                assertThat(cache.get("42", LONG, () -> Optional.of("2")))
                        .isEqualTo(new Loaded(Optional.of("2"), false));
            }
            assertThat(cache.getAll(List.of("42", "43"), LONG, keys -> Map.of("42", "2")))
                    .isEqualTo(Map.of(
                            "42", new Loaded(Optional.of("2"), false),
                            "43", new Loaded(Optional.empty(), false)));
            assertThatThrownBy(() -> cache.invalidate("42"))
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("invalidate an entry of the cache \"albums\"");
            assertThatThrownBy(() -> cache.invalidateTag("user:7")).isInstanceOf(BackingServiceException.class);

            server.start();
            await().atMost(PATIENCE)
                    .until(() -> cache.get("42", LONG, () -> Optional.of("3")).equals(new Hit(Optional.of("3"))));
        }
    }

    private void costs(int reads, int writes, Runnable action) {
        long readsBefore = statistic("cmd_get");
        long writesBefore = statistic("cmd_set");
        action.run();
        assertThat(statistic("cmd_get") - readsBefore).as("reads").isEqualTo(reads);
        assertThat(statistic("cmd_set") - writesBefore).as("writes").isEqualTo(writes);
    }

    private void delete(String prefix) {
        say("delete " + key(prefix));
    }

    private String key(String prefix) {
        return say("lru_crawler metadump all").stream()
                .map(line -> line.replace("key=", "").replace("%3A", ":").split(" ", 2)[0])
                .filter(key -> key.startsWith(prefix))
                .findFirst()
                .orElseThrow();
    }

    private long statistic(String name) {
        return say("stats").stream()
                .filter(line -> line.startsWith("STAT " + name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private List<String> say(String lines) {
        return TestMemcached.say(URI.create(server.url()), lines);
    }
}
