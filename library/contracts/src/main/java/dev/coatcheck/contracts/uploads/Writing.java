package dev.coatcheck.contracts.uploads;

import static dev.coatcheck.contracts.uploads.UploadsUnderTest.append;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.appended;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.begin;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.film;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.finished;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.read;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.uploads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.contracts.blobs.GeneratedStream;
import dev.coatcheck.state.uploads.AppendResult;
import dev.coatcheck.state.uploads.AppendResult.Appended;
import dev.coatcheck.state.uploads.AppendResult.Busy;
import dev.coatcheck.state.uploads.AppendResult.Superseded;
import dev.coatcheck.state.uploads.AppendResult.WrongOffset;
import dev.coatcheck.state.uploads.FinishResult;
import dev.coatcheck.state.uploads.StoredUpload;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.UploadSettings;
import dev.coatcheck.state.uploads.UploadStore.Finish;
import dev.coatcheck.state.uploads.Uploads;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** An upload has one writer, and who was taken for dead is one no more. */
interface Writing extends UploadsUnderTest {

    /** Gives nothing; what is to happen in the middle of a stream happens when it is read. */
    class InTheMiddle extends InputStream {
        private final Callable<?> happening;

        InTheMiddle(Callable<?> happening) {
            this.happening = happening;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return read();
        }

        @Override
        public int read() throws IOException {
            try {
                happening.call();
                return -1;
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }

    /** Some bytes, then something happens, and then the rest of them comes. */
    private static InputStream meanwhile(byte[] content, int after, Callable<?> happening) {
        var first = new SequenceInputStream(new ByteArrayInputStream(content, 0, after), new InTheMiddle(happening));
        return new SequenceInputStream(first, new ByteArrayInputStream(content, after, content.length - after));
    }

    @Test
    default void while_somebody_writes_others_are_told_so() {
        var uploads = uploads(store());
        var id = begin(uploads, film().withLength(20)).id();

        var result = append(uploads, id, 0, meanwhile(new byte[20], 10, () -> {
            assertThat(append(uploads, id, 0, new byte[20]))
                    .isInstanceOfSatisfying(
                            Busy.class,
                            busy -> assertThat(busy.retryAfter()).isPositive().isLessThanOrEqualTo(PATIENT.lease()));
            assertThat(uploads.finish(id)).isInstanceOf(FinishResult.Busy.class);
            assertThat(uploads.find(id)).isPresent();
            return true;
        }));

        assertThat(result).isInstanceOf(Appended.class);
        finished(uploads, id);
    }

    @Test
    default void of_many_who_write_at_once_one_does_and_the_others_are_told() {
        var uploads = uploads(store());
        int size = 2 * MEBIBYTE + 3;
        var id = begin(uploads, film().withLength(size)).id();

        var results = Together.call(6, thread -> append(uploads, id, 0, new GeneratedStream(thread, size)));

        assertThat(results).filteredOn(Appended.class::isInstance).hasSize(1);
        assertThat(results)
                .filteredOn(result -> !(result instanceof Appended))
                .allMatch(result -> result instanceof Busy || result instanceof WrongOffset);
        finished(uploads, id);
        int winner = results.stream().map(Appended.class::isInstance).toList().indexOf(true);
        assertThat(read(blobs(), KEY)).isEqualTo(GeneratedStream.bytes(winner, size));
    }

    @Test
    default void a_writer_from_whom_nothing_comes_is_superseded_and_keeps_nothing_more() {
        var store = store();
        var slow = new Uploads(store, HASTY);
        var uploads = uploads(store);
        var id = begin(slow, film().withLength(20)).id();
        var content = GeneratedStream.bytes(1, 20);

        var result = append(slow, id, 0, meanwhile(new byte[20], 10, () -> {
            awaitAppended(uploads, id, 0, content);
            return true;
        }));

        assertThat(result).isEqualTo(new Superseded());
        finished(uploads, id);
        assertThat(read(blobs(), KEY)).isEqualTo(content);
    }

    @Test
    default void a_writer_whose_lease_is_over_goes_on_where_nobody_took_its_place() {
        var uploads = new Uploads(store(), HASTY);
        var id = begin(uploads, film().withLength(20)).id();
        var content = GeneratedStream.bytes(1, 20);

        var result = append(uploads, id, 0, meanwhile(content, 10, () -> {
            await().atMost(PATIENCE).pollDelay(HASTY.lease().multipliedBy(2)).until(() -> true);
            return true;
        }));

        assertThat(result).isInstanceOf(Appended.class);
        finished(uploads, id);
        assertThat(read(blobs(), KEY)).isEqualTo(content);
    }

    @Test
    default void a_writer_whose_client_is_slow_keeps_what_comes_and_its_place() {
        var lease = Duration.ofSeconds(4);
        var uploads = new Uploads(store(), UploadSettings.defaults().withLease(lease));
        var id = begin(uploads, film()).id();
        var slow = new InputStream() {
            private int left = 6;

            @Override
            public int read() {
                throw new AssertionError("one byte at a time is too little");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                if (left == 0) {
                    return -1;
                }
                await().pollDelay(lease.dividedBy(4)).until(() -> true);
                assertThat(append(uploads, id, 0, new byte[1])).isInstanceOf(Busy.class);
                buffer[offset] = (byte) left--;
                return 1;
            }
        };

        assertThat(append(uploads, id, 0, slow)).isInstanceOf(Appended.class);
        assertThat(finished(uploads, id).size()).isEqualTo(6);
    }

    @Test
    default void what_was_seen_of_an_upload_changes_nothing_of_a_later_one_of_the_same_id() {
        var store = store();
        var id = begin(uploads(store), film()).id();
        var first = store.find(id).orElseThrow();
        assertThat(store.remove(id)).isTrue();
        var second = store.create(first.record()).orElseThrow();

        assertThat(store.replace(first, first.record())).isEmpty();
        assertThat(store.finish(first, "")).isEqualTo(new Finish.Changed());
        assertThat(store.remove(first)).isFalse();

        assertThat(store.find(id).map(StoredUpload::version)).contains(second.version());
        assertThat(store.remove(second)).isTrue();
    }

    @Test
    default void who_gives_an_upload_up_stops_its_writer() {
        var uploads = uploads(store());
        var id = begin(uploads, film()).id();

        var result = append(uploads, id, 0, meanwhile(new byte[20], 10, () -> {
            assertThat(uploads.abandon(id)).isTrue();
            return true;
        }));

        assertThat(result).isEqualTo(new Superseded());
        assertThat(uploads.find(id)).isEmpty();
    }

    @Test
    default void several_who_send_one_upload_in_turn_put_it_together() {
        var store = store();
        var writers = List.of(uploads(store), uploads(store), uploads(store));
        var content = GeneratedStream.bytes(5, 3 * MEBIBYTE + 10);
        var id = begin(writers.get(0), film().withLength(content.length)).id();
        int piece = 300_000;

        for (int offset = 0; offset < content.length; offset += piece) {
            int end = Math.min(content.length, offset + piece);
            appended(writers.get(offset / piece % 3), id, offset, Arrays.copyOfRange(content, offset, end));
        }

        finished(writers.get(1), id);
        assertThat(read(blobs(), KEY)).isEqualTo(content);
    }

    /** Appends as soon as the place of who writes can be had. */
    static AppendResult awaitAppended(Uploads uploads, UploadId id, long offset, byte[] content) {
        return await().atMost(PATIENCE).until(() -> append(uploads, id, offset, content), Appended.class::isInstance);
    }
}
