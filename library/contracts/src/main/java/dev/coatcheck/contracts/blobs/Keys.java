package dev.coatcheck.contracts.blobs;

import static dev.coatcheck.contracts.blobs.BlobsUnderTest.put;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.readText;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys there are, and that they mean nothing but themselves. */
interface Keys extends BlobsUnderTest {

    static Stream<String> notKeys() {
        return Stream.of(
                "",
                " ",
                "a b",
                "a\u0000",
                "é",
                "a\n",
                "a\\b",
                "%2e%2e",
                "a?b",
                "a#b",
                "a\"b",
                "~",
                "🧥",
                "\ud83e",
                "x".repeat(513));
    }

    @ParameterizedTest
    @MethodSource("notKeys")
    default void what_is_no_key_is_refused_everywhere(String text) {
        var blobs = blobs();
        assertThatThrownBy(() -> blobs.put(text, InputStream.nullInputStream(), PutOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> blobs.read(text, ReadOptions.whole())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> blobs.stat(text)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> blobs.delete(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "a/", "a//b", ".", "..", "a/./b", "../../etc/passwd", "a/.."})
    default void what_looks_like_a_path_is_not_stored_and_can_be_looked_for_all_the_same(String text) {
        var blobs = blobs();
        assertThatThrownBy(() -> blobs.put(text, InputStream.nullInputStream(), PutOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class);
        Assertions.assertThat(blobs.read(text, ReadOptions.whole())).isInstanceOf(ReadResult.Missing.class);
        Assertions.assertThat(blobs.stat(text)).isEmpty();
        Assertions.assertThat(blobs.list("", text, 10)).isEmpty();
        Assertions.assertThat(blobs.delete(text)).isFalse();
    }

    @Test
    default void keys_that_look_alike_or_like_something_else_are_keys_of_their_own() {
        assertKeptApart(List.of(
                "a", "A", "-rf", "con", "'--", "...", ".a", "b/a", "b.a", "b*", "etc/passwd", "x/".repeat(255) + "x"));
    }

    @Test
    @Requires(BlobCapability.ALL_KEYS)
    default void keys_that_begin_others_or_have_long_parts_are_keys_of_their_own() {
        assertKeptApart(List.of("a", "a/b", "a/b/c", "x".repeat(512)));
    }

    private void assertKeptApart(List<String> keys) {
        var blobs = blobs();
        keys.forEach(key -> put(blobs, key, "content of " + key));

        Assertions.assertThat(keys)
                .allSatisfy(key -> Assertions.assertThat(readText(blobs, key)).isEqualTo("content of " + key));
    }
}
