package dev.coatcheck.contracts.uploads;

import static dev.coatcheck.contracts.uploads.UploadsUnderTest.append;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.appended;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.begin;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.film;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.finished;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.read;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.uploads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.contracts.blobs.BrokenStream;
import dev.coatcheck.contracts.blobs.GeneratedStream;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.uploads.AppendOptions;
import dev.coatcheck.state.uploads.AppendResult.Appended;
import dev.coatcheck.state.uploads.AppendResult.ChecksumMismatch;
import dev.coatcheck.state.uploads.AppendResult.Missing;
import dev.coatcheck.state.uploads.AppendResult.TooLarge;
import dev.coatcheck.state.uploads.AppendResult.WrongLength;
import dev.coatcheck.state.uploads.AppendResult.WrongOffset;
import dev.coatcheck.state.uploads.BeginResult;
import dev.coatcheck.state.uploads.ChunkChecksum;
import dev.coatcheck.state.uploads.ChunkChecksum.Algorithm;
import dev.coatcheck.state.uploads.FinishResult;
import dev.coatcheck.state.uploads.FinishResult.Incomplete;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.UploadId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes are kept as they come, in whatever pieces, and where they belong. */
interface Sending extends UploadsUnderTest {

    @Test
    default void an_upload_is_found_with_all_that_was_said_of_it() {
        var uploads = uploads(store());
        var options = PutOptions.ofType("text/plain").withMetadata(Map.of("name", "Müller 🧥.txt"));
        var begun = NewUpload.to(KEY, options).withLength(10).withAttributes(Map.of("owner", "ada", "", "=:#!\\\n"));
        var upload = begin(uploads, begun);

        assertThat(upload.begun()).isEqualTo(begun);
        assertThat(upload.offset()).isZero();
        assertThat(upload.blob()).isEmpty();
        assertThat(uploads.find(upload.id())).contains(upload);
        var other = begin(uploads, film()).id();
        assertThat(other).isNotEqualTo(upload.id());
        assertThat(blobs().stat(KEY)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 17, MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, 5 * MEBIBYTE + 17})
    default void bytes_of_any_number_become_a_blob(int size) {
        var uploads = uploads(store());
        var content = GeneratedStream.bytes(size, size);
        var id = begin(uploads, film().withLength(size)).id();

        appended(uploads, id, 0, content);

        assertThat(uploads.find(id).orElseThrow().isWhole()).isTrue();
        assertThat(finished(uploads, id).size()).isEqualTo(size);
        assertThat(read(blobs(), KEY)).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 333_333, MEBIBYTE / 2, MEBIBYTE + 7})
    default void bytes_that_come_in_pieces_of_any_size_are_put_together(int piece) {
        var uploads = uploads(store());
        int size = Math.min(3 * MEBIBYTE + 100, 40 * piece);
        var content = GeneratedStream.bytes(piece, size);
        var id = begin(uploads, film()).id();

        for (int offset = 0; offset < size; offset += piece) {
            appended(uploads, id, offset, Arrays.copyOfRange(content, offset, Math.min(size, offset + piece)));
        }

        assertThat(finished(uploads, id).size()).isEqualTo(size);
        assertThat(read(blobs(), KEY)).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 2 * MEBIBYTE + 5})
    default void a_stream_that_breaks_keeps_what_came(int size) {
        var uploads = uploads(store());
        var content = GeneratedStream.bytes(1, size + 10);
        var id = begin(uploads, film().withLength(size + 10)).id();
        var broken = new SequenceInputStream(new GeneratedStream(1, size), new BrokenStream(0));

        assertThatThrownBy(() -> uploads.append(id, 0, broken, AppendOptions.none()))
                .isInstanceOf(IOException.class)
                .hasMessage("the client went away")
                .hasNoSuppressedExceptions();

        appended(uploads, id, size, Arrays.copyOfRange(content, size, size + 10));
        finished(uploads, id);
        assertThat(read(blobs(), KEY)).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 4, 6, MEBIBYTE, Long.MIN_VALUE, Long.MAX_VALUE})
    default void an_offset_that_lies_is_told_the_right_one(long offset) {
        var uploads = uploads(store());
        var id = begin(uploads, film().withLength(10)).id();
        appended(uploads, id, 0, new byte[5]);

        assertThat(append(uploads, id, offset, new byte[5])).isEqualTo(new WrongOffset(5));

        assertThat(uploads.find(id).orElseThrow().offset()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, MEBIBYTE, 2 * MEBIBYTE + 1})
    default void more_than_was_announced_is_refused_and_never_makes_a_whole(int length) {
        var uploads = uploads(store());
        var id = begin(uploads, film().withLength(length)).id();

        assertThat(append(uploads, id, 0, new GeneratedStream(1, Long.MAX_VALUE)))
                .isEqualTo(new TooLarge(length));

        assertThat(uploads.finish(id)).isInstanceOf(Incomplete.class);
        long offset = uploads.find(id).orElseThrow().offset();
        appended(uploads, id, offset, Arrays.copyOfRange(GeneratedStream.bytes(1, length), (int) offset, length));
        assertThat(append(uploads, id, length, new byte[1])).isEqualTo(new TooLarge(length));
        finished(uploads, id);
        assertThat(append(uploads, id, length, new byte[1])).isEqualTo(new TooLarge(length));
        assertThat(append(uploads, id, length, new byte[0])).isInstanceOf(Appended.class);
        assertThat(read(blobs(), KEY)).isEqualTo(GeneratedStream.bytes(1, length));
    }

    @Test
    default void more_than_is_allowed_is_refused_at_the_beginning_or_when_it_comes() throws IOException {
        var uploads = uploads(store());
        var film = NewUpload.to(KEY, PutOptions.defaults().withMaxBytes(10));

        assertThat(uploads.begin(film.withLength(11))).isEqualTo(new BeginResult.TooLarge(10));
        var id = begin(uploads, film).id();
        assertThat(uploads.append(id, 0, new ByteArrayInputStream(new byte[0]), declaring(11)))
                .isEqualTo(new TooLarge(10));
        assertThat(append(uploads, id, 0, new byte[11])).isEqualTo(new TooLarge(10));

        appended(uploads, id, uploads.find(id).orElseThrow().offset(), new byte[10]);
    }

    @Test
    default void a_length_is_said_later_and_once() throws IOException {
        var uploads = uploads(store());
        var id = begin(uploads, film()).id();
        appended(uploads, id, 0, new byte[5]);

        for (long wrong : new long[] {4, -1, Long.MIN_VALUE}) {
            assertThat(uploads.append(id, 5, new ByteArrayInputStream(new byte[1]), declaring(wrong)))
                    .isEqualTo(new WrongLength());
        }
        assertThat(uploads.append(id, 5, new ByteArrayInputStream(new byte[1]), declaring(8)))
                .isInstanceOf(Appended.class);
        assertThat(uploads.append(id, 6, new ByteArrayInputStream(new byte[1]), declaring(9)))
                .isEqualTo(new WrongLength());
        assertThat(uploads.finish(id)).isEqualTo(new Incomplete(6, 8));
        assertThat(uploads.append(id, 6, new ByteArrayInputStream(new byte[2]), declaring(8)))
                .isInstanceOf(Appended.class);
        assertThat(finished(uploads, id).size()).isEqualTo(8);
    }

    @Test
    default void a_length_that_is_never_said_is_what_has_come_when_it_is_finished() {
        var uploads = uploads(store());
        var id = begin(uploads, film()).id();
        appended(uploads, id, 0, new byte[5]);

        assertThat(finished(uploads, id).size()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, MEBIBYTE + 5, 3 * MEBIBYTE})
    default void bytes_that_are_not_those_announced_are_not_kept_and_those_before_are(int size) throws Exception {
        var uploads = uploads(store());
        int before = 1000;
        var content = GeneratedStream.bytes(3, before + size);
        var id = begin(uploads, film()).id();
        appended(uploads, id, 0, Arrays.copyOf(content, before));
        for (var algorithm : Algorithm.values()) {
            var wrong = checksum(algorithm, new byte[] {1});
            assertThat(uploads.append(id, before, new GeneratedStream(9, size + MEBIBYTE), wrong))
                    .isEqualTo(new ChecksumMismatch());
        }
        assertThat(uploads.find(id).orElseThrow().offset()).isEqualTo(before);

        var rest = Arrays.copyOfRange(content, before, before + size);
        assertThat(uploads.append(id, before, new ByteArrayInputStream(rest), checksum(Algorithm.SHA1, rest)))
                .isInstanceOf(Appended.class);
        finished(uploads, id);
        assertThat(read(blobs(), KEY)).isEqualTo(content);
    }

    @Test
    default void bytes_with_a_checksum_that_break_off_are_not_kept_and_leave_no_trace() throws Exception {
        var uploads = uploads(store());
        var id = begin(uploads, film()).id();
        appended(uploads, id, 0, new byte[] {1, 2, 3});
        var broken = new SequenceInputStream(new GeneratedStream(1, 2 * MEBIBYTE + 5), new BrokenStream(0));

        assertThatThrownBy(() -> uploads.append(id, 3, broken, checksum(Algorithm.MD5, new byte[0])))
                .isInstanceOf(IOException.class);

        assertThat(uploads.find(id).orElseThrow().offset()).isEqualTo(3);
        finished(uploads, id);
        assertThat(read(blobs(), KEY)).containsExactly(1, 2, 3);
    }

    @Test
    default void an_id_that_nobody_gave_out_opens_nothing() throws IOException {
        var uploads = uploads(store());
        begin(uploads, film());
        var forged = UploadId.random();

        assertThat(uploads.find(forged)).isEmpty();
        assertThat(uploads.append(forged, 0, InputStream.nullInputStream(), AppendOptions.none()))
                .isEqualTo(new Missing());
        assertThat(uploads.finish(forged)).isEqualTo(new FinishResult.Missing());
        assertThat(uploads.abandon(forged)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "../../../../../../../etc/passwd00", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%", "é"})
    default void what_is_no_id_is_none(String text) {
        assertThat(UploadId.parse(text)).isEmpty();
        assertThatThrownBy(() -> new UploadId(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void an_id_shows_little_of_itself_in_a_log() {
        var id = UploadId.random();

        assertThat(id.toString()).doesNotContain(id.text().substring(6));
        assertThat(UploadId.parse(id.text())).contains(id);
    }

    private static AppendOptions declaring(long length) {
        return AppendOptions.none().declaringLength(length);
    }

    private static AppendOptions checksum(Algorithm algorithm, byte[] content) throws NoSuchAlgorithmException {
        var name = Map.of(Algorithm.MD5, "MD5", Algorithm.SHA1, "SHA-1", Algorithm.SHA256, "SHA-256");
        var digest = MessageDigest.getInstance(name.get(algorithm)).digest(content);
        return AppendOptions.none()
                .withChecksum(new ChunkChecksum(algorithm, HexFormat.of().formatHex(digest)));
    }
}
