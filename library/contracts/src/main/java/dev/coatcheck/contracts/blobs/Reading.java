package dev.coatcheck.contracts.blobs;

import static dev.coatcheck.contracts.blobs.BlobsUnderTest.open;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.put;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.putAndStat;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.NotModified;
import dev.coatcheck.state.blobs.ReadResult.OutOfRange;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parts, conditions, and streams that are used as streams are. */
interface Reading extends BlobsUnderTest {
    int SIZE = 3 * MEBIBYTE + 100;

    @ParameterizedTest
    @CsvSource({
        "0, 1",
        "0, 1048576",
        "0, 1048577",
        "1048575, 2",
        "1048576, 1048576",
        "500, 2097152",
        "3145828, 1",
        "3145827, 100",
        "17, 9223372036854775807"
    })
    default void a_part_of_a_blob_is_read_alone(long offset, long length) throws IOException {
        var blobs = blobs();
        var content = GeneratedStream.bytes(3, SIZE + 1);
        var blob = putAndStat(blobs, "a", content, PutOptions.defaults());
        long end = length > SIZE + 1 - offset ? SIZE + 1 : offset + length;

        try (var found = open(blobs, "a", ReadOptions.range(offset, length))) {
            assertThat(found.blob()).isEqualTo(blob);
            assertThat(found.offset()).isEqualTo(offset);
            assertThat(found.length()).isEqualTo(end - offset);
            assertThat(found.content().readAllBytes()).isEqualTo(Arrays.copyOfRange(content, (int) offset, (int) end));
        }
    }

    @Test
    default void a_blob_is_read_from_an_offset_to_its_end() {
        var blobs = blobs();
        var content = GeneratedStream.bytes(3, SIZE);
        put(blobs, "a", content, PutOptions.defaults());

        assertThat(read(blobs, "a", ReadOptions.from(MEBIBYTE + 5L)))
                .isEqualTo(Arrays.copyOfRange(content, MEBIBYTE + 5, SIZE));
    }

    @Test
    default void an_offset_at_which_there_is_no_byte_is_told() {
        var blobs = blobs();
        var blob = putAndStat(blobs, "a", "abc");
        var empty = putAndStat(blobs, "empty", "");

        assertThat(blobs.read("a", ReadOptions.from(3))).isEqualTo(new OutOfRange(blob));
        assertThat(blobs.read("a", ReadOptions.range(Long.MAX_VALUE, Long.MAX_VALUE)))
                .isEqualTo(new OutOfRange(blob));
        assertThat(blobs.read("empty", ReadOptions.from(1))).isEqualTo(new OutOfRange(empty));
        assertThat(read(blobs, "empty", ReadOptions.whole())).isEmpty();
    }

    @Test
    default void who_has_the_bytes_already_is_told_so() {
        var blobs = blobs();
        var blob = putAndStat(blobs, "a", "abc");

        assertThat(blobs.read("a", ReadOptions.whole().ifNoneMatch(blob.etag())))
                .isEqualTo(new NotModified(blob));
        assertThat(blobs.read("a", ReadOptions.from(99).ifNoneMatch(blob.etag())))
                .isEqualTo(new NotModified(blob));
        assertThat(read(blobs, "a", ReadOptions.whole().ifNoneMatch("another"))).hasSize(3);

        put(blobs, "a", "abd");
        assertThat(read(blobs, "a", ReadOptions.whole().ifNoneMatch(blob.etag())))
                .hasSize(3);
    }

    @Test
    default void a_stream_is_read_by_the_byte_by_the_buffer_and_by_skipping() throws IOException {
        var blobs = blobs();
        var content = GeneratedStream.bytes(5, SIZE);
        put(blobs, "a", content, PutOptions.defaults());
        try (var found = open(blobs, "a", ReadOptions.whole())) {
            var stream = found.content();
            assertThat(stream.read()).isEqualTo(content[0] & 0xFF);
            assertThat(stream.read(new byte[0])).isZero();
            stream.skipNBytes(MEBIBYTE + 10);
            assertThat(stream.read()).isEqualTo(content[MEBIBYTE + 11] & 0xFF);
            assertThat(stream.readNBytes(100)).isEqualTo(Arrays.copyOfRange(content, MEBIBYTE + 12, MEBIBYTE + 112));
            stream.skipNBytes(SIZE - MEBIBYTE - 112);
            assertThat(stream.read()).isEqualTo(-1);
            assertThat(stream.read(new byte[10])).isEqualTo(-1);
        }
    }

    @Test
    default void a_stream_that_was_closed_early_gives_no_more() throws IOException {
        var blobs = blobs();
        put(blobs, "a", GeneratedStream.bytes(5, SIZE), PutOptions.defaults());
        var found = open(blobs, "a", ReadOptions.whole());
        found.content().readNBytes(10);

        found.close();
        found.close();

        assertThatThrownBy(() -> found.content().read()).isInstanceOf(IOException.class);
        assertThat(read(blobs, "a", ReadOptions.range(0, 10))).hasSize(10);
    }

    @Test
    default void many_read_at_once_and_streams_that_nobody_closes_block_nobody() {
        var blobs = blobs();
        var content = GeneratedStream.bytes(5, MEBIBYTE + 1);
        put(blobs, "a", content, PutOptions.defaults());
        for (int i = 0; i < 50; i++) {
            open(blobs, "a", ReadOptions.whole());
        }

        Together.run(
                16, thread -> assertThat(read(blobs, "a", ReadOptions.whole())).isEqualTo(content));
    }
}
