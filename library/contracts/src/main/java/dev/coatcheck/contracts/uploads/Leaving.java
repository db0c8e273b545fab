package dev.coatcheck.contracts.uploads;

import static dev.coatcheck.contracts.uploads.UploadsUnderTest.append;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.appended;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.begin;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.film;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.finished;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.part;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.read;
import static dev.coatcheck.contracts.uploads.UploadsUnderTest.uploads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.blobs.GeneratedStream;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.uploads.AppendResult;
import dev.coatcheck.state.uploads.FinishResult;
import dev.coatcheck.state.uploads.JoinResult.PartMissing;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.UploadSettings;
import dev.coatcheck.state.uploads.Uploads;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What nobody wants any more is gone, with all that belongs to it. */
interface Leaving extends UploadsUnderTest {
    /** An expiry that a test waits for. */
    UploadSettings EXPIRING =
            UploadSettings.defaults().withLease(Duration.ofSeconds(1)).withExpiry(Duration.ofSeconds(3));

    @Test
    default void what_is_given_up_is_gone_at_once_and_leaves_nothing() {
        var uploads = uploads(store());
        var id = begin(uploads, film()).id();
        appended(uploads, id, 0, GeneratedStream.bytes(1, 2 * MEBIBYTE + 5));

        assertThat(uploads.abandon(id)).isTrue();

        assertThat(uploads.find(id)).isEmpty();
        assertThat(append(uploads, id, 0, new byte[1])).isEqualTo(new AppendResult.Missing());
        assertThat(uploads.finish(id)).isEqualTo(new FinishResult.Missing());
        assertThat(uploads.abandon(id)).isFalse();
        clearAway();
        assertThat(held()).isZero();
    }

    @Test
    default void what_expires_is_gone_and_leaves_nothing() throws IOException {
        var uploads = new Uploads(store(), EXPIRING);
        var begun = begin(uploads, film()).id();
        var part = part(uploads, 1, MEBIBYTE + 5);

        await().atMost(PATIENCE).until(() -> uploads.find(part).isEmpty());

        assertThat(append(uploads, begun, 0, new byte[1])).isEqualTo(new AppendResult.Missing());
        assertThat(uploads.join(List.of(part), film())).isEqualTo(new PartMissing(part));
        await().atMost(PATIENCE).untilAsserted(() -> {
            clearAway();
            assertThat(held()).isZero();
        });
    }

    @Test
    default void what_goes_on_does_not_expire() {
        var expiry = Duration.ofSeconds(6);
        var uploads = new Uploads(store(), EXPIRING.withExpiry(expiry));
        var id = begin(uploads, film()).id();
        for (int i = 0; i < 5; i++) {
            await().pollDelay(expiry.dividedBy(4)).until(() -> true);
            clearAway();
            appended(uploads, id, i, new byte[] {(byte) i});
        }

        finished(uploads, id);
        assertThat(read(blobs(), KEY)).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    default void a_blob_stays_when_its_upload_is_forgotten() {
        var store = store();
        var uploads = new Uploads(store, EXPIRING);
        var content = GeneratedStream.bytes(1, MEBIBYTE + 5);
        var expired = begin(uploads, film()).id();
        appended(uploads, expired, 0, content);
        finished(uploads, expired);
        var forgotten =
                begin(uploads(store), NewUpload.to("b", PutOptions.defaults())).id();
        appended(uploads(store), forgotten, 0, content);
        finished(uploads(store), forgotten);

        assertThat(uploads.abandon(forgotten)).isTrue();
        await().atMost(PATIENCE).until(() -> uploads.find(expired).isEmpty());
        await().atMost(PATIENCE).untilAsserted(() -> {
            clearAway();
            assertThat(store.find(expired)).isEmpty();
        });

        assertThat(read(blobs(), KEY)).isEqualTo(content);
        assertThat(read(blobs(), "b")).isEqualTo(content);
    }

    @Test
    default void what_is_refused_at_the_end_leaves_nothing() {
        var uploads = uploads(store());
        var typed = begin(uploads, NewUpload.to(KEY, PutOptions.ofType("image/png")))
                .id();
        appended(uploads, typed, 0, GeneratedStream.bytes(1, MEBIBYTE + 5));
        assertThat(uploads.finish(typed)).isInstanceOf(FinishResult.WrongType.class);
        var summed = begin(uploads, NewUpload.to(KEY, PutOptions.defaults().withSha256("")))
                .id();
        appended(uploads, summed, 0, GeneratedStream.bytes(1, MEBIBYTE + 5));
        assertThat(uploads.finish(summed)).isInstanceOf(FinishResult.ChecksumMismatch.class);

        clearAway();
        assertThat(held()).isZero();
    }

    @Test
    default void a_blob_that_is_deleted_leaves_of_its_upload_what_is_known_of_it_and_no_bytes() throws IOException {
        var uploads = uploads(store());
        var parts = List.of(part(uploads, 1, MEBIBYTE + 5), part(uploads, 2, 5));
        uploads.join(parts, film());
        var existing = begin(uploads, NewUpload.to(KEY, PutOptions.defaults().onlyIfAbsent()))
                .id();
        appended(uploads, existing, 0, GeneratedStream.bytes(1, MEBIBYTE + 5));
        assertThat(uploads.finish(existing)).isEqualTo(new FinishResult.Exists());
        blobs().delete(KEY);

        await().atMost(PATIENCE).untilAsserted(() -> {
            clearAway();
            assertThat(held()).isEqualTo(1);
        });
    }
}
