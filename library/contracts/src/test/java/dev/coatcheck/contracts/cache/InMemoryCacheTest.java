package dev.coatcheck.contracts.cache;

import static dev.coatcheck.contracts.cache.CacheUnderTest.hit;
import static dev.coatcheck.contracts.cache.CacheUnderTest.loaded;
import static dev.coatcheck.contracts.cache.CacheUnderTest.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.CacheStore;
import dev.coatcheck.state.cache.NearSettings;
import dev.coatcheck.state.cache.ReadResult.Busy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InMemoryCacheTest extends CacheContract {
    @Override
    public CacheStore store() {
        return new InMemoryCacheStore(InstantSource.system());
    }

    @Test
    void the_rights_to_load_the_first_are_held_while_a_slow_store_is_asked_for_the_rest() {
        var store = store();
        var watched = new WatchedStore(store);
        var lease = Duration.ofSeconds(5);
        watched.beforeAnswering(() -> {
            if (watched.reads() == 3) {
                await().during(lease.plusSeconds(1))
                        .atMost(PATIENCE)
                        .until(() -> store.read(question("0")) instanceof Busy);
            }
        });
        var settings = ALBUMS.withLease(lease).withMaxBytes(Cache.MOST_BYTES_AT_ONCE / 8);
        var keys = IntStream.range(0, 20).mapToObj(Integer::toString).toList();
        Map<String, String> found = keys.stream().collect(Collectors.toMap(key -> key, key -> key));
        try (var cache = new Cache(watched, settings)) {
            assertThat(cache.getAll(keys, LONG, missing -> found))
                    .as("but for the last round, which was told of its rights too late")
                    .containsAllEntriesOf(
                            keys.subList(0, 16).stream().collect(Collectors.toMap(key -> key, key -> loaded(key))));
        }
        assertThat(watched.reads()).isEqualTo(3);
    }

    @Test
    void a_gap_while_a_beat_is_under_way_is_followed_by_another_at_once() {
        var watched = new WatchedStore(store());
        var beats = new AtomicInteger();
        watched.beforeBeating(() -> {
            if (beats.incrementAndGet() == 1) {
                watched.gap();
                LockSupport.parkNanos(1); // as whoever waits for an answer does, and so misses that it was woken
            }
        });
        var seldom = NearSettings.defaults().withStaleness(Duration.ofMinutes(1)); // a beat each 20 s
        try (var cache = new Cache(watched, ALBUMS.withNear(seldom))) {
            await().atMost(Duration.ofSeconds(10)).until(() -> beats.get() == 2);
            assertThat(cache.get("42", LONG, () -> Optional.of("1"))).isEqualTo(loaded("1"));
        }
    }

    /** Here alone: a server on a busy machine may take longer for so much than its time-out. */
    @Test
    void what_is_large_is_kept_in_several_trips() {
        var watched = new WatchedStore(store());
        var large = "x".repeat(CacheSettings.MOST_BYTES);
        var keys = IntStream.range(0, 5).mapToObj(Integer::toString).toList();
        try (var cache = new Cache(watched, ALBUMS.withMaxBytes(CacheSettings.MOST_BYTES))) {
            for (int i = 0; i < 2; i++) {
                var answers = cache.getAll(
                        keys, LONG, missing -> missing.stream().collect(Collectors.toMap(key -> key, key -> large)));
                // Not by AssertJ, which would print it.
                var expected = i == 0 ? loaded(large) : hit(large);
                assertThat(answers.values().stream().filter(expected::equals).count())
                        .isEqualTo(5);
            }
        }
        assertThat(List.of(watched.reads(), watched.writes())).isEqualTo(List.of(2 * 2, 2));
    }
}
