package dev.coatcheck.contracts.cache;

import static dev.coatcheck.contracts.cache.CacheUnderTest.hit;
import static dev.coatcheck.contracts.cache.CacheUnderTest.tags;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheCapability;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.NearSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a process keeps in its own memory costs nothing, and is not served when it is no longer true. */
@Requires(CacheCapability.PUSH)
interface Nearness extends CacheUnderTest {
    Duration STALENESS = Duration.ofSeconds(2);

    /** What a busy machine may add to what is promised; far from any time to live. */
    Duration SLACK = Duration.ofSeconds(3);

    CacheSettings NEAR = ALBUMS.withNear(NearSettings.defaults().withStaleness(STALENESS));

    /** Asks until the answer comes from memory. */
    private static void awaitNear(Cache cache, WatchedStore store, String key, String... tags) {
        await().atMost(PATIENCE).until(() -> {
            int before = store.reads();
            cache.get(key, tags(tags), LONG, new Counter());
            return store.reads() == before;
        });
    }

    @Test
    default void what_was_read_or_loaded_is_served_from_memory() {
        var watched = new WatchedStore(store());
        try (var near = new Cache(watched, NEAR);
                var far = new Cache(watched, ALBUMS)) {
            far.get(KEY, LONG, () -> Optional.of("far"));
            awaitNear(near, watched, KEY);
            awaitNear(near, watched, "43");
            int before = watched.reads();

            for (int i = 0; i < 100; i++) {
                assertThat(near.get(KEY, LONG, UNEXPECTED)).isEqualTo(hit("far"));
                assertThat(near.get("43", LONG, UNEXPECTED)).isEqualTo(hit("1"));
            }

            assertThat(watched.reads() - before)
                    .as("but for a beat that came late")
                    .isLessThan(20);
        }
    }

    @Test
    default void of_several_only_what_is_not_in_memory_is_read() {
        var watched = new WatchedStore(store());
        try (var near = new Cache(watched, NEAR.withNothingTtl(LONG));
                var far = new Cache(watched, ALBUMS)) {
            awaitNear(near, watched, KEY);
            await().atMost(PATIENCE).until(() -> {
                near.getAll(List.of("43", "44"), LONG, keys -> keys.contains("43") ? Map.of("43", "2") : Map.of());
                int before = watched.reads();
                near.getAll(List.of("43", KEY, "44"), LONG, Several.NONE);
                return watched.reads() == before;
            });
            assertThat(near.getAll(List.of("45", "43", KEY), LONG, keys -> Map.of("45", "3"))
                            .values())
                    .extracting(answer -> answer.value().orElseThrow())
                    .containsExactly("3", "2", "1");

            far.invalidate("43");
            await().atMost(PATIENCE)
                    .until(() -> near.getAll(List.of(KEY, "43"), LONG, keys -> Map.of("43", "new"))
                            .values()
                            .containsAll(List.of(hit("1"), hit("new"))));
        }
    }

    @Test
    default void what_is_invalidated_elsewhere_is_soon_not_served_here() {
        var watched = new WatchedStore(store());
        try (var near = new Cache(watched, NEAR);
                var far = new Cache(watched, ALBUMS)) {
            for (int i = 0; i < 5; i++) {
                awaitNear(near, watched, KEY, "user:7");
                if (i % 2 == 0) {
                    far.invalidate(KEY);
                } else {
                    far.invalidateTag("user:7");
                }
                long invalidated = System.nanoTime();
                var value = "new " + i;
                far.get(KEY, tags("user:7"), LONG, () -> Optional.of(value));

                await().atMost(PATIENCE)
                        .until(() ->
                                near.get(KEY, tags("user:7"), LONG, UNEXPECTED).equals(hit(value)));
                assertThat(Duration.ofNanos(System.nanoTime() - invalidated)).isLessThan(STALENESS.plus(SLACK));
            }
        }
    }

    @Test
    default void what_is_invalidated_here_is_at_once_not_served_here() {
        var watched = new WatchedStore(store());
        try (var near = new Cache(watched, NEAR)) {
            for (int i = 0; i < 5; i++) {
                awaitNear(near, watched, KEY, "user:7");
                near.invalidate(KEY);
                near.get(KEY, tags("user:7"), LONG, () -> Optional.of("old"));
                near.invalidateTag("user:7");

                assertThat(near.get(KEY, tags("user:7"), LONG, () -> Optional.of("new"))
                                .value())
                        .contains("new");
            }
        }
    }

    @Test
    default void what_is_read_while_it_is_invalidated_here_is_not_kept_near() {
        var watched = new WatchedStore(store());
        watched.loseChanges(true);
        try (var near = new Cache(watched, NEAR)) {
            awaitNear(near, watched, KEY, "user:7");
            watched.beforeInvalidating(() -> near.get(KEY, tags("user:7"), LONG, UNEXPECTED));
            near.invalidate(KEY);
            assertThat(near.get(KEY, tags("user:7"), LONG, () -> Optional.of("second"))
                            .value())
                    .contains("second");
            near.invalidateTag("user:7");
            assertThat(near.get(KEY, tags("user:7"), LONG, () -> Optional.of("third"))
                            .value())
                    .contains("third");
        }
    }

    @Test
    default void what_is_loaded_is_told_to_nobody_and_what_is_invalidated_is() {
        var watched = new WatchedStore(store());
        try (var near = new Cache(watched, NEAR);
                var far = new Cache(watched, ALBUMS)) {
            awaitNear(near, watched, KEY);
            for (int i = 0; i < 10; i++) {
                far.get("other " + i, tags("user:7"), LONG, new Counter());
            }
            far.invalidate("other 1");
            far.invalidateTag("user:7");

            await().atMost(PATIENCE).until(() -> watched.told().size() >= 2);
            assertThat(watched.told()).containsExactly("changed albums:other 1", "tag changed user:7");
        }
    }

    @Test
    default void without_beats_nothing_is_served_from_memory() {
        var watched = new WatchedStore(store());
        try (var near = new Cache(watched, NEAR)) {
            awaitNear(near, watched, KEY);
            watched.loseBeats(true);
            long lost = System.nanoTime();

            await().atMost(PATIENCE).until(() -> {
                int before = watched.reads();
                near.get(KEY, LONG, UNEXPECTED);
                return watched.reads() > before;
            });
            assertThat(Duration.ofNanos(System.nanoTime() - lost)).isLessThan(STALENESS.plus(SLACK));
            int before = watched.reads();
            near.get(KEY, LONG, UNEXPECTED);
            assertThat(watched.reads()).isGreaterThan(before);

            watched.loseBeats(false);
            awaitNear(near, watched, KEY);
        }
    }

    @Test
    default void what_is_invalidated_on_its_way_is_not_kept() {
        var watched = new WatchedStore(store());
        try (var near = new Cache(watched, NEAR);
                var far = new Cache(watched, ALBUMS)) {
            awaitNear(near, watched, "warm");
            far.get(KEY, LONG, () -> Optional.of("old"));
            var once = new AtomicBoolean();
            watched.beforeAnswering(() -> {
                if (once.compareAndSet(false, true)) {
                    int before = watched.told().size();
                    far.invalidate(KEY);
                    await().atMost(PATIENCE).until(() -> watched.told().size() > before);
                }
            });

            assertThat(near.get(KEY, LONG, UNEXPECTED)).isEqualTo(hit("old"));
            assertThat(near.get(KEY, LONG, () -> Optional.of("new")).value()).contains("new");
        }
    }

    @Test
    default void memory_is_bounded() {
        var watched = new WatchedStore(store());
        var settings = ALBUMS.withNear(new NearSettings(20_000, STALENESS));
        try (var near = new Cache(watched, settings)) {
            awaitNear(near, watched, "warm");
            for (int i = 0; i < 20; i++) {
                near.get("" + i, LONG, () -> Optional.of("x".repeat(2_000)));
            }
            int before = watched.reads();
            for (int i = 0; i < 20; i++) {
                near.get("" + i, LONG, UNEXPECTED);
            }

            assertThat(watched.reads() - before).isGreaterThanOrEqualTo(16);
        }
    }

    @Test
    default void memory_forgets_what_is_no_longer_fresh() {
        var watched = new WatchedStore(store());
        try (var near = new Cache(watched, NEAR)) {
            awaitNear(near, watched, "warm");
            var counter = new Counter();
            near.get(KEY, SHORT, counter);

            await().atMost(PATIENCE)
                    .until(() -> near.get(KEY, LONG, counter).value().equals(Optional.of("2")));
        }
    }
}
