package dev.coatcheck.contracts.cache;

import static dev.coatcheck.contracts.cache.CacheUnderTest.hit;
import static dev.coatcheck.contracts.cache.CacheUnderTest.loaded;
import static dev.coatcheck.contracts.cache.CacheUnderTest.tags;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.state.cache.Cache;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Keys, tags and values that were made to break something. */
interface HostileText extends CacheUnderTest {
    List<String> TEXTS = List.of(
            " ",
            "a\nb\r\nc",
            "1 0 0 v \n",
            "'; drop table cache_entries; --",
            "\"\\",
            "}x",
            "{}",
            "{",
            "*",
            "%s %_",
            "\u0001\u007f\u00a0\ufeff",
            "\ud83e\udde5 coat",
            "x".repeat(Cache.MAX_KEY_BYTES));

    @Test
    default void any_text_is_a_key_a_tag_and_a_value() {
        var store = store();
        try (var ada = new Cache(store, ALBUMS);
                var grace = new Cache(store, ALBUMS)) {
            for (var text : TEXTS) {
                assertThat(ada.get(text, tags(text), LONG, () -> Optional.of(text)))
                        .isEqualTo(loaded(text));
            }
            for (var text : TEXTS) {
                assertThat(grace.get(text, tags(text), LONG, UNEXPECTED)).isEqualTo(hit(text));
                grace.invalidate(text);
                assertThat(ada.get(text, tags(text), LONG, () -> Optional.of("new")))
                        .isEqualTo(loaded("new"));
                grace.invalidateTag(text);
                assertThat(ada.get(text, tags(text), LONG, () -> Optional.of(text)))
                        .isEqualTo(loaded(text));
            }
        }
    }

    @Test
    default void what_is_no_key_or_tag_is_refused_before_the_store_is_asked() {
        try (var cache = new Cache(store(), ALBUMS)) {
            for (var text : List.of("", "a\0b", "\ud83e", "x".repeat(Cache.MAX_KEY_BYTES + 1))) {
                assertThatThrownBy(() -> cache.get(text, LONG, UNEXPECTED))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> cache.get(KEY, tags(text), LONG, UNEXPECTED))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> cache.invalidate(text)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> cache.invalidateTag(text)).isInstanceOf(IllegalArgumentException.class);
            }
            var many = IntStream.rangeClosed(0, Cache.MOST_TAGS)
                    .mapToObj(Integer::toString)
                    .collect(Collectors.toSet());
            assertThatThrownBy(() -> cache.get(KEY, many, LONG, UNEXPECTED))
                    .isInstanceOf(IllegalArgumentException.class);
            for (var ttl : List.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofDays(31), Duration.ofSeconds(-1))) {
                assertThatThrownBy(() -> cache.get(KEY, ttl, UNEXPECTED)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    default void a_value_that_is_no_text_is_refused_and_the_next_one_may_load() {
        try (var cache = new Cache(store(), ALBUMS)) {
            for (var text : List.of("a\0b", "\ud83e")) {
                assertThatThrownBy(() -> cache.get(KEY, LONG, () -> Optional.of(text)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("a value for the cache \"albums\"");
            }
            assertThat(cache.get(KEY, LONG, () -> Optional.of("text"))).isEqualTo(loaded("text"));
        }
    }
}
