package dev.coatcheck.contracts.blobs;

import static dev.coatcheck.contracts.blobs.BlobsUnderTest.assertAbsent;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.put;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.readText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult;
import dev.coatcheck.state.blobs.PutResult.ChecksumMismatch;
import dev.coatcheck.state.blobs.PutResult.Exists;
import dev.coatcheck.state.blobs.PutResult.Stored;
import dev.coatcheck.state.blobs.PutResult.TooLarge;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not stored leaves everything as it was. */
interface Refusing extends BlobsUnderTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 10, MEBIBYTE - 1, MEBIBYTE, 2 * MEBIBYTE})
    default void a_stream_may_be_as_long_as_allowed_and_not_a_byte_longer(int limit) throws IOException {
        var blobs = blobs();
        var options = PutOptions.defaults().withMaxBytes(limit);

        assertThat(blobs.put("a", new GeneratedStream(1, limit + 1L), options)).isEqualTo(new TooLarge(limit));
        assertAbsent(blobs, "a");

        assertThat(blobs.put("a", new GeneratedStream(1, limit), options)).isInstanceOf(Stored.class);
        assertThat(blobs.put("a", new GeneratedStream(1, Long.MAX_VALUE), options))
                .isEqualTo(new TooLarge(limit));
        assertThat(blobs.stat("a").orElseThrow().size()).isEqualTo(limit);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 3 * MEBIBYTE + 5})
    default void a_stream_that_breaks_stores_nothing_and_leaves_what_was_there(int size) {
        var blobs = blobs();

        assertThatThrownBy(() -> blobs.put("a", new BrokenStream(size), PutOptions.defaults()))
                .isInstanceOf(IOException.class)
                .hasMessage("the client went away");
        assertAbsent(blobs, "a");

        put(blobs, "a", "old");
        assertThatThrownBy(() -> blobs.put("a", new BrokenStream(size), PutOptions.defaults()))
                .isInstanceOf(IOException.class);
        assertThat(readText(blobs, "a")).isEqualTo("old");
    }

    @Test
    default void bytes_that_are_not_those_announced_are_refused_with_both_checksums() throws IOException {
        var blobs = blobs();
        put(blobs, "a", "old");
        var expected = GeneratedStream.sha256(new ByteArrayInputStream(new byte[] {1}));
        var actual = GeneratedStream.sha256(new ByteArrayInputStream(new byte[] {2}));
        var options = PutOptions.defaults().withSha256(expected);

        assertThat(blobs.put("a", new ByteArrayInputStream(new byte[] {2}), options))
                .isEqualTo(new ChecksumMismatch(expected, actual));
        assertThat(readText(blobs, "a")).isEqualTo("old");

        assertThat(blobs.put("a", new ByteArrayInputStream(new byte[] {1}), options))
                .isInstanceOf(Stored.class);
        assertThat(blobs.put(
                        "b",
                        new ByteArrayInputStream(new byte[0]),
                        PutOptions.defaults().withSha256("")))
                .isInstanceOf(ChecksumMismatch.class);
    }

    @Test
    default void a_blob_that_is_to_stay_stays() throws IOException {
        var blobs = blobs();
        assertThat(putIfAbsent(blobs, "first")).isInstanceOf(Stored.class);

        assertThat(putIfAbsent(blobs, "second")).isEqualTo(new Exists());
        assertThat(readText(blobs, "a")).isEqualTo("first");

        blobs.delete("a");
        assertThat(putIfAbsent(blobs, "third")).isInstanceOf(Stored.class);
    }

    @Test
    @Requires(BlobCapability.SOLE_CREATION)
    default void of_many_who_store_what_is_to_stay_one_wins_and_the_others_are_told() {
        var blobs = blobs();

        var results = Together.call(8, thread -> putIfAbsent(blobs, "content of " + thread));

        assertThat(results).filteredOn(Exists.class::isInstance).hasSize(7);
        int winner = results.stream().map(Stored.class::isInstance).toList().indexOf(true);
        assertThat(readText(blobs, "a")).isEqualTo("content of " + winner);
    }

    @Test
    default void text_that_some_store_would_change_is_refused() {
        assertThat(List.of("text/plain\u0000", "", " a/b", "a/b\r\nc", "text/ü", "x".repeat(256)))
                .allSatisfy(type ->
                        assertThatThrownBy(() -> PutOptions.ofType(type)).isInstanceOf(IllegalArgumentException.class));
        assertThatThrownBy(() -> PutOptions.defaults().withMetadata(Map.of("name", "\ud83e")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static PutResult putIfAbsent(Blobs blobs, String content) throws IOException {
        return blobs.put(
                "a",
                new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)),
                PutOptions.defaults().onlyIfAbsent());
    }
}
