package dev.coatcheck.contracts.blobs;

import static dev.coatcheck.contracts.blobs.BlobsUnderTest.assertAbsent;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.open;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.put;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.read;
import static dev.coatcheck.contracts.blobs.BlobsUnderTest.readText;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import dev.coatcheck.state.blobs.ReadResult.Missing;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Readers see one blob or the other, never a mixture and never a half, whatever happens meanwhile. */
interface Replacing extends BlobsUnderTest {
    int REPLACED_SIZE = MEBIBYTE + 1000;

    @Test
    default void a_blob_is_replaced_with_its_type_and_metadata() {
        var blobs = blobs();
        put(blobs, "a", new byte[3 * MEBIBYTE], PutOptions.ofType("image/png"));

        put(blobs, "a", new byte[] {1}, PutOptions.ofType("image/webp"));

        assertThat(read(blobs, "a", ReadOptions.whole())).containsExactly(1);
        assertThat(blobs.stat("a").orElseThrow().contentType()).isEqualTo("image/webp");
        assertThat(blobs.list("", "", 10)).hasSize(1);
    }

    @Test
    default void who_reads_while_a_blob_is_replaced_and_deleted_reads_the_old_one_to_its_end() throws IOException {
        var blobs = blobs();
        int size = 4 * MEBIBYTE + 1;
        put(blobs, "a", GeneratedStream.bytes(1, size), PutOptions.defaults());
        try (var found = open(blobs, "a", ReadOptions.whole())) {
            var begin = found.content().readNBytes(10);
            put(blobs, "a", GeneratedStream.bytes(2, size), PutOptions.defaults());
            var middle = found.content().readNBytes(MEBIBYTE);
            blobs.delete("a");
            assertAbsent(blobs, "a");
            var end = found.content().readAllBytes();

            var whole = new ByteArrayOutputStream();
            whole.write(begin);
            whole.write(middle);
            whole.write(end);
            assertThat(whole.toByteArray()).isEqualTo(GeneratedStream.bytes(1, size));
        }
    }

    @Test
    default void a_blob_is_not_seen_before_it_is_whole() throws IOException {
        var blobs = blobs();
        var looked = new AtomicBoolean();
        var content = new SequenceInputStream(
                new GeneratedStream(1, 3 * MEBIBYTE),
                new Storing.DropByDrop(new GeneratedStream(2, 10), new AtomicBoolean()) {
                    @Override
                    public int read(byte[] buffer, int offset, int length) throws IOException {
                        assertAbsent(blobs, "a");
                        looked.set(true);
                        return super.read(buffer, offset, length);
                    }
                });

        blobs.put("a", content, PutOptions.defaults());

        assertThat(looked).isTrue();
        assertThat(blobs.stat("a").orElseThrow().size()).isEqualTo(3 * MEBIBYTE + 10);
    }

    @Test
    @Requires(BlobCapability.OVERLAPPING_WRITES)
    default void of_two_who_store_one_key_at_the_same_time_the_last_to_finish_wins() throws IOException {
        var blobs = blobs();
        int size = 9 * MEBIBYTE;
        var overtaken = new SequenceInputStream(
                new GeneratedStream(1, size),
                new Storing.DropByDrop(InputStream.nullInputStream(), new AtomicBoolean()) {
                    @Override
                    public int read(byte[] buffer, int offset, int length) throws IOException {
                        put(blobs, "a", GeneratedStream.bytes(2, size), PutOptions.defaults());
                        return super.read(buffer, offset, length);
                    }
                });

        blobs.put("a", overtaken, PutOptions.defaults());

        assertThat(sha256(new ByteArrayInputStream(read(blobs, "a", ReadOptions.whole()))))
                .isEqualTo(sha256(new GeneratedStream(1, size)));
    }

    @Test
    default void of_writers_and_readers_of_one_key_each_reader_reads_one_whole_blob() {
        var whole = IntStream.concat(IntStream.range(0, 8), IntStream.range(100, 108))
                .mapToObj(seed -> sha256(new GeneratedStream(seed, REPLACED_SIZE)))
                .collect(Collectors.toSet());

        replaceWhileReading(found -> assertThat(whole).contains(sha256(found.content())));
    }

    @Test
    @Requires(BlobCapability.CONSISTENT_READS)
    default void of_writers_and_readers_of_one_key_each_reader_is_told_of_the_blob_that_it_reads() {
        replaceWhileReading(found -> assertThat(sha256(found.content()))
                .isEqualTo(found.blob().sha256().orElseThrow()));
    }

    private void replaceWhileReading(Consumer<Found> reader) {
        var blobs = blobs();
        put(blobs, "a", GeneratedStream.bytes(0, REPLACED_SIZE), PutOptions.defaults());
        Together.run(6, thread -> {
            for (int i = 0; i < 8; i++) {
                if (thread < 2) {
                    var seed = thread * 100 + i;
                    put(blobs, "a", GeneratedStream.bytes(seed, REPLACED_SIZE), PutOptions.defaults());
                } else if (blobs.read("a", ReadOptions.whole()) instanceof Found found) {
                    try (found) {
                        reader.accept(found);
                    }
                }
            }
        });
    }

    private static String sha256(InputStream content) {
        try {
            return GeneratedStream.sha256(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    default void a_deleted_blob_is_gone_and_its_key_is_free() {
        var blobs = blobs();
        put(blobs, "a", "first");

        assertThat(blobs.delete("a")).isTrue();

        assertAbsent(blobs, "a");
        assertThat(blobs.delete("a")).isFalse();
        put(blobs, "a", "second");
        assertThat(readText(blobs, "a")).isEqualTo("second");
        assertThat(blobs.read("b", ReadOptions.whole())).isEqualTo(new Missing());
    }

    @Test
    @Requires(BlobCapability.SOLE_DELETION)
    default void of_many_who_delete_one_is_told_that_it_was_there() {
        var blobs = blobs();
        put(blobs, "a", "x");

        assertThat(Together.call(6, thread -> blobs.delete("a")))
                .filteredOn(deleted -> deleted)
                .hasSize(1);
    }
}
