package dev.coatcheck.contracts.uploads;

import static dev.coatcheck.contracts.uploads.UploadsUnderTest.appended;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.begin;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.film;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.finished;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.part;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.read;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.uploads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.contracts.blobs.GeneratedStream;
import dev.coatcheck.state.blobs.Listed;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.uploads.FinishResult.Busy;
import dev.coatcheck.state.uploads.FinishResult.ChecksumMismatch;
import dev.coatcheck.state.uploads.FinishResult.Exists;
import dev.coatcheck.state.uploads.FinishResult.Incomplete;
import dev.coatcheck.state.uploads.FinishResult.Missing;
import dev.coatcheck.state.uploads.FinishResult.Stored;
import dev.coatcheck.state.uploads.FinishResult.WrongType;
import dev.coatcheck.state.uploads.NewUpload;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An upload becomes a blob whole, right and once, or not at all. */
interface Finishing extends UploadsUnderTest {

    @Test
    default void the_blob_is_as_it_was_announced_and_nobody_sees_it_before() {
        var uploads = uploads(store());
        var blobs = blobs();
        var options = PutOptions.ofType("text/plain").withMetadata(Map.of("name", "Müller 🧥.txt"));
        var id = begin(uploads, NewUpload.to(KEY, options)).id();
        appended(uploads, id, 0, "abc".getBytes(StandardCharsets.UTF_8));
        assertThat(blobs.stat(KEY)).isEmpty();
        assertThat(blobs.list("", "", 10)).isEmpty();

        var blob = finished(uploads, id);

        assertThat(blob.key()).isEqualTo(KEY);
        assertThat(blob.contentType()).isEqualTo("text/plain");
        assertThat(blob.metadata()).isEqualTo(options.metadata());
        assertThat(blob.sha256()).contains("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(blobs.stat(KEY)).contains(blob);
        assertThat(blobs.list("", "", 10)).extracting(Listed::key).containsExactly(KEY);
    }

    @Test
    default void finishing_again_is_harmless_and_gives_the_same_answer() {
        var uploads = uploads(store());
        var id = begin(uploads, film()).id();
        appended(uploads, id, 0, new byte[] {1});
        var blob = finished(uploads, id);

        assertThat(uploads.finish(id)).isEqualTo(new Stored(blob));
        assertThat(uploads.find(id).orElseThrow().blob()).contains(blob);
        blobs().delete(KEY);
        assertThat(uploads.finish(id)).isEqualTo(new Stored(blob));
        assertThat(blobs().stat(KEY)).isEmpty();
    }

    @Test
    default void of_many_who_finish_at_once_all_have_the_same_blob_or_are_told_to_wait() {
        var uploads = uploads(store());
        var id = begin(uploads, film()).id();
        appended(uploads, id, 0, new byte[MEBIBYTE + 1]);

        var results = Together.call(6, thread -> uploads.finish(id));

        var stored =
                results.stream().filter(Stored.class::isInstance).distinct().toList();
        assertThat(stored).hasSize(1);
        assertThat(results).allMatch(result -> result.equals(stored.getFirst()) || result instanceof Busy);
        assertThat(uploads.finish(id)).isEqualTo(stored.getFirst());
    }

    @Test
    default void an_upload_that_is_not_whole_is_not_finished_and_goes_on() {
        var uploads = uploads(store());
        var id = begin(uploads, film().withLength(10)).id();
        assertThat(uploads.finish(id)).isEqualTo(new Incomplete(0, 10));
        appended(uploads, id, 0, new byte[9]);
        assertThat(uploads.finish(id)).isEqualTo(new Incomplete(9, 10));

        appended(uploads, id, 9, new byte[1]);
        assertThat(finished(uploads, id).size()).isEqualTo(10);
    }

    @Test
    default void bytes_that_are_not_those_announced_become_no_blob_and_are_gone() throws IOException {
        var uploads = uploads(store());
        var right = GeneratedStream.sha256(new ByteArrayInputStream(new byte[] {1}));
        var wrong = GeneratedStream.sha256(new ByteArrayInputStream(new byte[] {2}));
        var announced = NewUpload.to(KEY, PutOptions.defaults().withSha256(right));
        var bad = begin(uploads, announced).id();
        appended(uploads, bad, 0, new byte[] {2});

        assertThat(uploads.finish(bad)).isEqualTo(new ChecksumMismatch(right, wrong));
        assertThat(uploads.finish(bad)).isEqualTo(new Missing());
        assertThat(blobs().stat(KEY)).isEmpty();

        var good = begin(uploads, announced).id();
        appended(uploads, good, 0, new byte[] {1});
        assertThat(finished(uploads, good).sha256()).contains(right);
    }

    @ParameterizedTest
    @CsvSource({
        "image/png, <html><script>",
        "image/jpeg, GIF89a",
        "image/gif, ''",
        "IMAGE/WebP ; a=b, RIFF....WAVE",
        "application/pdf, MZ",
        "video/mp4, ftypisom"
    })
    default void bytes_that_do_not_begin_as_their_type_does_become_no_blob(String type, String content) {
        var uploads = uploads(store());
        var id = begin(uploads, NewUpload.to(KEY, PutOptions.ofType(type))).id();
        appended(uploads, id, 0, content.getBytes(StandardCharsets.UTF_8));

        assertThat(uploads.finish(id)).isEqualTo(new WrongType(type));
        assertThat(uploads.find(id)).isEmpty();
        assertThat(blobs().stat(KEY)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "image/gif, GIF89a…",
        "image/webp, RIFF....WEBPVP8",
        "application/pdf, %PDF-1.7",
        "video/mp4, ....ftypisom....",
        "text/html, <html>",
        "application/x-unheard-of, MZ"
    })
    default void bytes_that_begin_as_their_type_does_or_whose_type_has_no_beginning_become_a_blob(
            String type, String content) {
        var uploads = uploads(store());
        var id = begin(uploads, NewUpload.to(KEY, PutOptions.ofType(type))).id();
        var bytes = content.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            appended(uploads, id, i, new byte[] {bytes[i]});
        }

        assertThat(finished(uploads, id).contentType()).isEqualTo(type);
        assertThat(read(blobs(), KEY)).isEqualTo(bytes);
    }

    @Test
    default void of_two_uploads_to_one_key_the_last_to_finish_wins_or_the_first_where_it_is_to_stay() {
        var uploads = uploads(store());
        var staying = NewUpload.to(KEY, PutOptions.defaults().onlyIfAbsent());
        var first = begin(uploads, staying).id();
        var second = begin(uploads, staying).id();
        var third = begin(uploads, film()).id();
        appended(uploads, first, 0, new byte[] {1});
        appended(uploads, second, 0, new byte[] {2});
        appended(uploads, third, 0, new byte[] {3});

        finished(uploads, second);
        assertThat(uploads.finish(first)).isEqualTo(new Exists());
        assertThat(read(blobs(), KEY)).containsExactly(2);
        assertThat(uploads.finish(first)).isEqualTo(new Missing());
        finished(uploads, third);
        assertThat(read(blobs(), KEY)).containsExactly(3);
        assertThat(uploads.finish(second)).isInstanceOf(Stored.class);
    }

    @Test
    default void a_part_is_not_finished() {
        var uploads = uploads(store());
        var part = part(uploads, 1, 10);

        assertThatThrownBy(() -> uploads.finish(part)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void what_is_no_key_is_refused_at_the_beginning() {
        for (var key : new String[] {"", "a b", "../../é", "a\\b", "%2e%2e", "a\u0000", "x".repeat(513)}) {
            assertThatThrownBy(() -> NewUpload.to(key, PutOptions.defaults()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> film().withAttributes(Map.of("a", "x".repeat(NewUpload.MAX_ATTRIBUTE_BYTES))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> film().withAttributes(Map.of("a", "\u0000")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> film().withLength(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
