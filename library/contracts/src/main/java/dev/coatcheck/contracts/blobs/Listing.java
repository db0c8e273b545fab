package dev.coatcheck.contracts.blobs;

import static dev.coatcheck.contracts.blobs.BlobsUnderTest.put;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.putAndStat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.Listed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in the order of their characters, in pages, whatever language the store believes to speak. */
interface Listing extends BlobsUnderTest {

    @Test
    default void keys_are_listed_in_the_order_of_their_characters() {
        var blobs = blobs();
        var ordered = List.of(
                "!", "'", "(", ")", "*", "-", "0", "9", "A", "B", "Z", "_", "a!", "a-b", "a.b", "a/b", "aB", "a_b",
                "aa", "ab", "b", "z");
        var shuffled = new ArrayList<>(ordered);
        Collections.shuffle(shuffled, new Random(42));
        shuffled.forEach(key -> put(blobs, key, key));

        assertThat(keys(blobs, "", "", 1000)).isEqualTo(ordered);
        assertThat(keys(blobs, "a", "", 1000)).containsExactly("a!", "a-b", "a.b", "a/b", "aB", "a_b", "aa", "ab");
    }

    @Test
    default void a_list_tells_of_each_blob_what_every_store_knows() {
        var blobs = blobs();
        var stored = putAndStat(blobs, "photos/1", "abc");

        assertThat(blobs.list("photos/", "", 10)).singleElement().satisfies(listed -> {
            assertThat(listed.key()).isEqualTo("photos/1");
            assertThat(listed.size()).isEqualTo(3);
            assertThat(listed.etag()).isEqualTo(stored.etag());
            assertThat(listed.storedAt()).isCloseTo(stored.storedAt(), within(ABOUT));
        });
    }

    @Test
    @Requires(BlobCapability.ALL_KEYS)
    default void a_key_that_begins_others_is_listed_before_them() {
        var blobs = blobs();
        List.of("a/b/c", "a", "a-", "a/b", "a0").forEach(key -> put(blobs, key, key));

        assertThat(keys(blobs, "", "", 1000)).containsExactly("a", "a-", "a/b", "a/b/c", "a0");
        assertThat(keys(blobs, "a/", "a/b", 1000)).containsExactly("a/b/c");
    }

    @Test
    default void a_page_begins_after_the_key_where_the_last_one_ended() {
        var blobs = blobs();
        for (int i = 0; i < 10; i++) {
            put(blobs, "p/" + i, "");
            put(blobs, "q/" + i, "");
        }
        var pages = new ArrayList<List<String>>();
        String after = "";
        List<String> page;
        do {
            page = keys(blobs, "p/", after, 4);
            pages.add(page);
            after = page.isEmpty() ? after : page.get(page.size() - 1);
        } while (!page.isEmpty());

        assertThat(pages)
                .containsExactly(
                        List.of("p/0", "p/1", "p/2", "p/3"),
                        List.of("p/4", "p/5", "p/6", "p/7"),
                        List.of("p/8", "p/9"),
                        List.of());
        assertThat(keys(blobs, "q/", "p/5", 2)).containsExactly("q/0", "q/1");
        assertThat(keys(blobs, "p/", "q", 2)).isEmpty();
        assertThat(keys(blobs, "", "p/8z", 2)).containsExactly("p/9", "q/0");
    }

    @Test
    default void a_prefix_means_its_characters_and_nothing_else() {
        var blobs = blobs();
        List.of("a_b", "aXb", "a*b", "a.b", "(a", "a'b").forEach(key -> put(blobs, key, ""));

        assertThat(keys(blobs, "a_", "", 10)).containsExactly("a_b");
        assertThat(keys(blobs, "a*", "", 10)).containsExactly("a*b");
        assertThat(keys(blobs, "a.", "", 10)).containsExactly("a.b");
        assertThat(keys(blobs, "a'", "", 10)).containsExactly("a'b");
        assertThat(keys(blobs, "(", "", 10)).containsExactly("(a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "\\", "\u0000", "a\u0000", "\ud83e", "é", "\uffff", "' OR '1'='1", " "})
    default void no_key_begins_with_what_no_key_holds(String prefix) {
        var blobs = blobs();
        put(blobs, "a", "");

        assertThat(blobs.list(prefix, "", 10)).isEmpty();
    }

    @Test
    default void a_page_has_1_to_1000_blobs_and_begins_after_a_key() {
        var blobs = blobs();
        assertThatThrownBy(() -> blobs.list("", "", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> blobs.list("", "", 1001)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> blobs.list("", "\u0000", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(blobs.list("", "", 1000)).isEmpty();
    }

    private static List<String> keys(Blobs blobs, String prefix, String after, int limit) {
        return blobs.list(prefix, after, limit).stream().map(Listed::key).toList();
    }
}
