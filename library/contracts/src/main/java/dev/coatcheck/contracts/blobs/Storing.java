package dev.coatcheck.contracts.blobs;

import static dev.coatcheck.contracts.blobs.BlobsUnderTest.put;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.read;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.readText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult.Stored;
import dev.coatcheck.state.blobs.ReadOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was stored is there, byte for byte, with all that was said about it. */
interface Storing extends BlobsUnderTest {

    @Test
    default void a_blob_is_found_with_its_bytes_and_all_that_is_known_of_it() {
        var blobs = blobs();
        var options = PutOptions.ofType("image/jpeg").withMetadata(Map.of("name", "Müller 🧥.jpg", "", ""));

        var stored = put(blobs, "photos/1", "abc".getBytes(StandardCharsets.UTF_8), options);

        assertThat(stored.key()).isEqualTo("photos/1");
        assertThat(stored.size()).isEqualTo(3);
        assertThat(stored.contentType()).isEqualTo("image/jpeg");
        assertThat(stored.metadata()).isEqualTo(Map.of("name", "Müller 🧥.jpg", "", ""));
        assertThat(stored.sha256()).contains("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(stored.etag()).isNotEmpty().doesNotContain("\"");
        assertThat(blobs.stat("photos/1")).hasValueSatisfying(known -> assertSame(known, stored));
        assertThat(readText(blobs, "photos/1")).isEqualTo("abc");
    }

    @Test
    default void a_blob_without_a_type_is_a_stream_of_octets() {
        assertThat(put(blobs(), "a", "").contentType()).isEqualTo("application/octet-stream");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1023, MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, 2 * MEBIBYTE, 5 * MEBIBYTE + 17})
    default void a_blob_of_any_size_comes_back_byte_for_byte(int size) throws IOException {
        var blobs = blobs();
        var content = GeneratedStream.bytes(size, size);

        var stored = put(blobs, "a", content, PutOptions.defaults());

        assertThat(stored.size()).isEqualTo(size);
        assertThat(stored.sha256()).contains(GeneratedStream.sha256(new ByteArrayInputStream(content)));
        assertThat(blobs.stat("a").orElseThrow().size()).isEqualTo(size);
        assertThat(read(blobs, "a", ReadOptions.whole())).isEqualTo(content);
    }

    @Test
    default void a_stream_that_comes_in_drops_is_stored_whole_and_left_open() throws IOException {
        var blobs = blobs();
        var closed = new AtomicBoolean();
        var drops = new DropByDrop(new GeneratedStream(7, MEBIBYTE + 100), closed);

        assertThat(blobs.put("a", drops, PutOptions.defaults())).isInstanceOf(Stored.class);

        assertThat(read(blobs, "a", ReadOptions.whole())).isEqualTo(GeneratedStream.bytes(7, MEBIBYTE + 100));
        assertThat(closed).isFalse();
    }

    @Test
    default void the_etag_changes_with_the_bytes() {
        var blobs = blobs();
        var first = put(blobs, "a", "one");
        var second = put(blobs, "a", "two");

        assertThat(second.etag()).isNotEqualTo(first.etag());
        assertThat(second.storedAt()).isAfterOrEqualTo(first.storedAt());
        assertThat(blobs.stat("a")).hasValueSatisfying(known -> assertSame(known, second));
    }

    @Test
    @Requires(BlobCapability.CHECKSUMS)
    default void every_blob_has_its_checksum() {
        var blobs = blobs();
        var stored = put(blobs, "a", GeneratedStream.bytes(3, 9 * MEBIBYTE), PutOptions.defaults());

        assertThat(blobs.stat("a").orElseThrow().sha256()).isEqualTo(stored.sha256());
    }

    @Test
    default void a_blob_of_any_size_keeps_the_checksum_that_was_announced() throws IOException {
        var blobs = blobs();
        var sha256 = GeneratedStream.sha256(new GeneratedStream(3, 9 * MEBIBYTE));
        var content = new GeneratedStream(3, 9 * MEBIBYTE);

        assertThat(blobs.put("a", content, PutOptions.defaults().withSha256(sha256)))
                .isInstanceOf(Stored.class);

        assertThat(blobs.stat("a").orElseThrow().sha256()).contains(sha256);
    }

    @Test
    default void blobs_of_the_same_bytes_are_blobs_of_their_own() {
        var blobs = blobs();
        put(blobs, "a", "same");
        put(blobs, "b", "same");

        assertThat(blobs.delete("a")).isTrue();

        assertThat(readText(blobs, "b")).isEqualTo("same");
    }

    /** All but when it was stored is the same, and that is about the same. */
    private static void assertSame(Blob known, Blob stored) {
        assertThat(known).usingRecursiveComparison().ignoringFields("storedAt").isEqualTo(stored);
        assertThat(known.storedAt()).isCloseTo(stored.storedAt(), within(ABOUT));
    }

    /** Gives a few bytes at a time, as a network does. */
    class DropByDrop extends InputStream {
        private final InputStream source;
        private final AtomicBoolean closed;
        private int turn;

        DropByDrop(InputStream source, AtomicBoolean closed) {
            this.source = source;
            this.closed = closed;
        }

        @Override
        public int read() throws IOException {
            return source.read();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            turn = (turn + 1) % 1000;
            return source.read(buffer, offset, Math.min(length, turn + 1));
        }

        @Override
        public void close() {
            closed.set(true);
        }
    }
}
