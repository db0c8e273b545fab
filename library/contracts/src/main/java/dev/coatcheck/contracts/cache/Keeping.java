package dev.coatcheck.contracts.cache;

import static dev.coatcheck.contracts.cache.CacheUnderTest.hit;
import static dev.coatcheck.contracts.cache.CacheUnderTest.loaded;
import static dev.coatcheck.contracts.cache.CacheUnderTest.notKept;
import static dev.coatcheck.contracts.cache.CacheUnderTest.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.cache.Answer;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheCapability;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.ReadResult.Fresh;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What was loaded is kept for as long as was said, and removed when that is said. */
interface Keeping extends CacheUnderTest {

    @Test
    default void what_one_has_loaded_is_served_to_all() {
        var store = store();
        var value = "{\"id\":42,\"title\":\"caf\u00e9 \ud83e\udde5\\n\"}\nand more\n";
        try (var ada = new Cache(store, ALBUMS);
                var grace = new Cache(store, ALBUMS)) {
            assertThat(ada.get(KEY, LONG, () -> Optional.of(value))).isEqualTo(loaded(value));
            assertThat(ada.get(KEY, LONG, UNEXPECTED)).isEqualTo(hit(value));
            assertThat(grace.get(KEY, LONG, UNEXPECTED)).isEqualTo(hit(value));
            assertThat(grace.get("empty", LONG, () -> Optional.of(""))).isEqualTo(loaded(""));
            assertThat(ada.get("empty", LONG, UNEXPECTED)).isEqualTo(hit(""));
        }
    }

    @Test
    default void it_is_loaded_anew_when_its_time_to_live_is_over() {
        var counter = new Counter();
        try (var cache = new Cache(store(), ALBUMS)) {
            assertThat(cache.get(KEY, SHORT, counter)).isEqualTo(loaded("1"));

            await().atMost(PATIENCE)
                    .until(() -> cache.get(KEY, LONG, counter).value().equals(Optional.of("2")));
            assertThat(cache.get(KEY, LONG, counter)).isEqualTo(hit("2"));
        }
    }

    @Test
    default void that_there_is_nothing_is_kept_too_for_a_time_of_its_own() {
        var store = store();
        try (var cache = new Cache(store, ALBUMS.withNothingTtl(LONG));
                var brief = new Cache(store, ALBUMS.withNothingTtl(SHORT))) {
            assertThat(cache.get(KEY, SHORT, Optional::empty)).isEqualTo(new Answer.Loaded(Optional.empty(), true));
            await().during(SHORT.multipliedBy(2))
                    .atMost(PATIENCE)
                    .until(() -> cache.get(KEY, SHORT, UNEXPECTED).equals(new Answer.Hit(Optional.empty())));

            var counter = new Counter();
            brief.get("43", LONG, Optional::empty);
            await().atMost(PATIENCE)
                    .until(() -> brief.get("43", LONG, counter).value().isPresent());
        }
    }

    @Test
    default void other_keys_and_caches_of_other_names_are_others() {
        var store = store();
        var keys = List.of("42", "4", "a", "A", "a ", "a:b", "{a}", "albums:42");
        for (var name : List.of("albums", "album", "Albums", "al.bums")) {
            try (var cache = new Cache(store, CacheSettings.named(name))) {
                for (var key : keys) {
                    assertThat(cache.get(key, LONG, () -> Optional.of(name + key)))
                            .isEqualTo(loaded(name + key));
                }
            }
        }
        try (var cache = new Cache(store, CacheSettings.named("al.bums"))) {
            cache.invalidate("a");
            assertThat(cache.get("A", LONG, UNEXPECTED)).isEqualTo(hit("al.bumsA"));
            assertThat(cache.get("a", LONG, () -> Optional.of("new"))).isEqualTo(loaded("new"));
        }
    }

    @Test
    default void what_was_invalidated_is_loaded_anew_by_everybody() {
        var store = store();
        var counter = new Counter();
        try (var ada = new Cache(store, ALBUMS.withStale(LONG));
                var grace = new Cache(store, ALBUMS.withStale(LONG))) {
            ada.get(KEY, LONG, counter);
            grace.invalidate(KEY);
            assertThat(ada.get(KEY, LONG, counter)).isEqualTo(loaded("2"));
            assertThat(grace.get(KEY, LONG, counter)).isEqualTo(hit("2"));

            grace.invalidate("unknown");
            assertThat(grace.get(KEY, LONG, counter)).isEqualTo(hit("2"));
        }
    }

    @Test
    default void what_is_stale_is_not_served_when_it_was_invalidated() {
        var store = store();
        try (var cache = new Cache(store, ALBUMS.withStale(LONG))) {
            CacheUnderTest.keepUntilStale(cache, store, "old");
            cache.invalidate(KEY);

            assertThat(cache.get(KEY, LONG, () -> Optional.of("new"))).isEqualTo(loaded("new"));
        }
    }

    @Test
    default void a_value_that_is_too_large_is_given_and_not_kept() {
        var store = store();
        try (var cache = new Cache(store, ALBUMS.withMaxBytes(10))) {
            var fitting = "\u00e9".repeat(5);
            assertThat(cache.get(KEY, LONG, () -> Optional.of(fitting))).isEqualTo(loaded(fitting));
            for (int i = 0; i < 2; i++) {
                assertThat(cache.get("large", LONG, () -> Optional.of(fitting + ".")))
                        .isEqualTo(notKept(fitting + "."));
            }
        }
    }

    @Test
    @Requires(CacheCapability.ROOM)
    default void the_largest_value_is_kept() {
        var value = "0123456789abcdef".repeat(CacheSettings.MOST_BYTES / 16);
        try (var cache = new Cache(store(), ALBUMS.withMaxBytes(CacheSettings.MOST_BYTES))) {
            cache.get(KEY, LONG, () -> Optional.of(value));

            assertThat(cache.get(KEY, LONG, UNEXPECTED).equals(hit(value))).isTrue();
        }
    }

    @Test
    default void what_is_loaded_at_once_does_not_end_at_once() {
        var store = store();
        try (var cache = new Cache(store, ALBUMS.withJitter(0.5))) {
            var ends = new HashSet<Long>();
            for (int i = 0; i < 10; i++) {
                var key = "" + i;
                cache.get(key, LONG, () -> Optional.of(key));
                var left = ((Fresh) store.read(question(key))).entry().freshFor();
                assertThat(left).isBetween(LONG.dividedBy(2).minus(PATIENCE), LONG);
                ends.add(left.toSeconds());
            }
            assertThat(ends).hasSizeGreaterThan(3);
            assertThat(Duration.ofSeconds(ends.stream().max(Long::compare).orElseThrow()))
                    .isGreaterThan(LONG.dividedBy(2));
        }
    }
}
