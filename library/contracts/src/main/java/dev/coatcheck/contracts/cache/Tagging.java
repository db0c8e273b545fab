package dev.coatcheck.contracts.cache;

import static dev.coatcheck.contracts.cache.CacheUnderTest.hit;
import static dev.coatcheck.contracts.cache.CacheUnderTest.loaded;
import static dev.coatcheck.contracts.cache.CacheUnderTest.question;
import static dev.coatcheck.contracts.cache.CacheUnderTest.tags;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.ReadResult.Fresh;
import dev.coatcheck.state.cache.ReadResult.Missing;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What has a tag is invalidated with it. */
interface Tagging extends CacheUnderTest {

    @Test
    default void all_entries_with_a_tag_are_loaded_anew_when_it_is_invalidated_and_no_others() {
        var store = store();
        try (var ada = new Cache(store, ALBUMS.withStale(LONG));
                var grace = new Cache(store, ALBUMS.withStale(LONG))) {
            for (int round = 0; round < 2; round++) {
                var value = "" + round;
                ada.get("one", tags("user:7"), LONG, () -> Optional.of(value));
                ada.get("two", tags("user:7", "public"), LONG, () -> Optional.of(value));
                ada.get("other", tags("public"), LONG, () -> Optional.of("0"));
                ada.get("none", LONG, () -> Optional.of("0"));
                assertThat(grace.get("two", tags("public", "user:7"), LONG, UNEXPECTED))
                        .isEqualTo(hit(value));

                grace.invalidateTag("user:7");
                grace.invalidateTag("nobody's");

                assertThat(ada.get("other", tags("public"), LONG, UNEXPECTED)).isEqualTo(hit("0"));
                assertThat(ada.get("none", LONG, UNEXPECTED)).isEqualTo(hit("0"));
            }
            assertThat(grace.get("one", tags("user:7"), LONG, () -> Optional.of("new")))
                    .isEqualTo(loaded("new"));
            assertThat(grace.get("two", tags("user:7", "public"), LONG, () -> Optional.of("new")))
                    .isEqualTo(loaded("new"));
        }
    }

    @Test
    default void the_same_tag_of_another_cache_is_another() {
        var store = store();
        try (var albums = new Cache(store, ALBUMS);
                var users = new Cache(store, CacheSettings.named("users"))) {
            albums.get(KEY, tags("7"), LONG, new Counter());
            users.invalidateTag("7");

            assertThat(albums.get(KEY, tags("7"), LONG, UNEXPECTED)).isEqualTo(hit("1"));
        }
    }

    @Test
    default void what_was_begun_before_a_tag_was_invalidated_is_served_to_nobody_who_asks_after() {
        var store = store();
        try (var ada = new Cache(store, ALBUMS);
                var grace = new Cache(store, ALBUMS)) {
            assertThat(ada.get(KEY, tags("user:7"), LONG, () -> {
                                grace.invalidateTag("user:7");
                                return Optional.of("old");
                            })
                            .value())
                    .contains("old");
            assertThat(grace.get(KEY, tags("user:7"), LONG, () -> Optional.of("new")))
                    .isEqualTo(loaded("new"));

            assertThat(ada.get("43", tags("user:7"), LONG, () -> {
                                grace.invalidateTag("user:7");
                                // Who asks after that does not wait for what was begun before.
                                assertThat(grace.get("43", tags("user:7"), LONG, () -> Optional.of("new")))
                                        .isEqualTo(loaded("new"));
                                return Optional.of("old");
                            })
                            .value())
                    .contains("old");
            assertThat(ada.get("43", tags("user:7"), LONG, UNEXPECTED)).isEqualTo(hit("new"));
        }
    }

    @Test
    default void an_entry_that_is_asked_for_with_other_tags_is_loaded_anew() {
        try (var cache = new Cache(store(), ALBUMS)) {
            var counter = new Counter();
            cache.get(KEY, tags("a"), LONG, counter);
            assertThat(cache.get(KEY, tags("a", "b"), LONG, counter)).isEqualTo(loaded("2"));
            assertThat(cache.get(KEY, tags("a"), LONG, counter)).isEqualTo(loaded("3"));
            assertThat(cache.get(KEY, LONG, counter)).isEqualTo(loaded("4"));
            assertThat(cache.get(KEY, tags("b"), LONG, counter)).isEqualTo(loaded("5"));
            assertThat(cache.get(KEY, tags("b"), LONG, counter)).isEqualTo(hit("5"));
        }
    }

    @Test
    default void what_is_stale_is_not_served_when_its_tag_was_invalidated() {
        var store = store();
        try (var cache = new Cache(store, ALBUMS.withStale(LONG))) {
            cache.get(KEY, tags("user:7"), SHORT, () -> Optional.of("old"));
            await().atMost(PATIENCE).until(() -> {
                var question = question(KEY, "user:7");
                boolean fresh = store.read(question) instanceof Fresh;
                store.abandon(question.load(), Duration.ZERO);
                return !fresh;
            });
            cache.invalidateTag("user:7");

            assertThat(cache.get(KEY, tags("user:7"), LONG, () -> Optional.of("new")))
                    .isEqualTo(loaded("new"));
        }
    }

    @Test
    default void an_entry_may_have_many_tags_and_ends_with_any_of_them() {
        Set<String> many =
                IntStream.range(0, Cache.MOST_TAGS).mapToObj(i -> "tag " + i).collect(Collectors.toSet());
        try (var cache = new Cache(store(), ALBUMS)) {
            for (int i = 0; i < Cache.MOST_TAGS; i++) {
                var value = "" + i;
                assertThat(cache.get(KEY, many, LONG, () -> Optional.of(value))).isEqualTo(loaded(value));
                assertThat(cache.get(KEY, many, LONG, UNEXPECTED)).isEqualTo(hit(value));
                cache.invalidateTag("tag " + i);
            }
        }
    }

    @Test
    default void a_right_to_load_is_worth_nothing_when_a_tag_was_invalidated() {
        var store = store();
        var before = question(KEY, "a", "b");
        assertThat(store.read(before)).isInstanceOf(Missing.class);
        store.invalidateTag(ALBUMS.name(), "b");
        var after = question(KEY, "a", "b");
        assertThat(store.read(after)).isInstanceOf(Missing.class);

        assertThat(store.write(before.load(), Loading.ENTRY)).isFalse();
        assertThat(store.write(after.load(), Loading.ENTRY)).isTrue();
        assertThat(store.read(question(KEY, "a", "b"))).isInstanceOf(Fresh.class);
    }
}
