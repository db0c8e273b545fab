package dev.coatcheck.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.blobs.GeneratedStream;
import dev.coatcheck.contracts.leases.InMemoryLeaseStore;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.uploads.DirectBeginResult;
import dev.coatcheck.state.uploads.DirectBeginResult.Begun;
import dev.coatcheck.state.uploads.DirectUpload;
import dev.coatcheck.state.uploads.DirectUploadSettings;
import dev.coatcheck.state.uploads.DirectUploads;
import dev.coatcheck.state.uploads.FinishResult;
import dev.coatcheck.state.uploads.FinishResult.Incomplete;
import dev.coatcheck.state.uploads.FinishResult.Missing;
import dev.coatcheck.state.uploads.FinishResult.Stored;
import dev.coatcheck.state.uploads.FinishResult.WrongType;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.PresignedPart;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.UploadSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts that a client stores which knows nothing of S3, on a store that checks what was signed. */
class DirectUploadsTest {
    private static final String KEY = "films/1";
    private static final int PART = Buckets.SETTINGS.partBytes();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final DirectUploadSettings SETTINGS = DirectUploadSettings.defaults();

    @RegisterExtension
    final Buckets buckets = new Buckets();

    private final Leases leases = new Leases(new InMemoryLeaseStore(InstantSource.system()), Buckets.LEASES);
    private HttpClient browser;
    private S3 s3;
    private DirectUploads direct;

    @BeforeEach
    void attach() {
        browser = HttpClient.newHttpClient();
        s3 = buckets.fresh();
        direct = s3.directUploads(SETTINGS, leases);
    }

    @AfterEach
    void close() {
        browser.close();
        leases.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5 << 20, (10 << 20) + 17})
    void parts_that_come_in_any_order_become_a_blob_when_all_are_there(int size) {
        var content = GeneratedStream.bytes(1, size);
        var begun = begin(
                NewUpload.to(KEY, PutOptions.ofType("application/x-film").withMetadata(Map.of("name", "Müller 🧥")))
                        .withLength(size));
        var elsewhere = buckets.attach(buckets.url(), Buckets.SETTINGS).directUploads(SETTINGS, leases);
        assertThat(begun.missing()).hasSize(begun.parts());

        long came = 0;
        for (var part : direct.sign(begun.id(), begun.missing()).reversed()) {
            assertThat(elsewhere.finish(begun.id())).isEqualTo(new Incomplete(came, size));
            assertThat(send(part, content)).isEqualTo(200);
            assertThat(send(part, content)).isEqualTo(200);
            came += part.length();
        }

        assertThat(elsewhere.find(begun.id()).orElseThrow().missing()).isEmpty();
        assertThat(s3.blobs().stat(KEY)).isEmpty();
        assertThat(s3.blobs().list("", "", 10)).isEmpty();
        var blob = stored(elsewhere.finish(begun.id()));
        assertThat(blob.blob().sha256()).isEmpty();
        assertThat(s3.blobs().stat(KEY)).contains(blob.blob());
        assertThat(read()).isEqualTo(content);
        assertThat(direct.finish(begun.id())).isEqualTo(blob);
        assertThat(direct.find(begun.id()).orElseThrow().blob()).contains(blob.blob());
        assertThat(direct.sign(begun.id(), List.of(1))).isEmpty();
        assertThat(buckets.held()).isEqualTo(2);
    }

    @Test
    void leave_is_for_one_part_of_its_length() {
        var begun = begin(NewUpload.to(KEY, PutOptions.defaults()).withLength(PART + 10));
        var parts = direct.sign(begun.id(), List.of(2, 1, 0, -1, 3, Integer.MAX_VALUE));
        assertThat(parts).extracting(PresignedPart::number).containsExactly(1, 2);

        assertThat(put(parts.get(1), new byte[9])).isEqualTo(403);
        assertThat(put(parts.get(1), new byte[11])).isEqualTo(403);
        assertThat(put(parts.get(0), new byte[10])).isEqualTo(403);
        var other = parts.get(1).request().url().toString().replace("partNumber=2", "partNumber=1");
        assertThat(put(URI.create(other), new byte[10])).isEqualTo(403);

        assertThat(direct.find(begun.id()).orElseThrow().missing()).containsExactly(1, 2);
        assertThat(direct.finish(begun.id())).isEqualTo(new Incomplete(0, PART + 10));
    }

    @Test
    void bytes_that_do_not_begin_as_their_type_does_are_seen_by_nobody_and_leave_nothing() throws IOException {
        s3.blobs().put(KEY, new GeneratedStream(3, 3), PutOptions.defaults());
        var begun = begin(NewUpload.to(KEY, PutOptions.ofType("image/png")).withLength(PART + 10));
        direct.sign(begun.id(), begun.missing()).forEach(part -> send(part, new byte[PART + 10]));

        assertThat(direct.finish(begun.id())).isEqualTo(new WrongType("image/png"));

        assertThat(direct.finish(begun.id())).isEqualTo(new Missing());
        assertThat(read()).isEqualTo(GeneratedStream.bytes(3, 3));
        assertThat(buckets.held()).isEqualTo(1);
    }

    @Test
    void a_blob_that_is_to_stay_stays() throws IOException {
        var begun =
                begin(NewUpload.to(KEY, PutOptions.defaults().onlyIfAbsent()).withLength(1));
        send(direct.sign(begun.id(), List.of(1)).getFirst(), new byte[1]);
        s3.blobs().put(KEY, new GeneratedStream(3, 3), PutOptions.defaults());

        assertThat(direct.finish(begun.id())).isEqualTo(new FinishResult.Exists());

        assertThat(read()).isEqualTo(GeneratedStream.bytes(3, 3));
        assertThat(buckets.held()).isEqualTo(1);
    }

    @Test
    void what_is_given_up_takes_no_part_any_more_and_what_comes_late_is_swept() {
        var begun = begin(NewUpload.to(KEY, PutOptions.defaults()).withLength(PART + 10));
        var parts = direct.sign(begun.id(), begun.missing());
        parts.forEach(part -> send(part, new byte[PART + 10]));

        assertThat(direct.abandon(begun.id())).isTrue();

        assertThat(direct.abandon(begun.id())).isFalse();
        assertThat(direct.finish(begun.id())).isEqualTo(new Missing());
        assertThat(buckets.held()).isZero();
        // Amazon's says 404; this one takes it, and forgets it.
        put(parts.get(1), new byte[10]);
        assertThat(put(parts.get(0), new byte[PART])).isEqualTo(200);
        assertThat(direct.finish(begun.id())).isEqualTo(new Missing());
        s3.abortUploads(Duration.ZERO);
        try (var bucket = new Bucket(S3Url.parse(buckets.url()), Buckets.SETTINGS)) {
            var impatient = new S3UploadStore(
                    bucket, Buckets.SETTINGS, Heads.leased(bucket, Buckets.SETTINGS, leases), Duration.ZERO);
            await().atMost(PATIENCE).until(() -> impatient.sweep(10) + buckets.held(), sum -> sum == 0);
        }
    }

    @Test
    void what_is_not_finished_expires_and_leaves_nothing() {
        var twoSeconds = Duration.ofSeconds(2);
        var hasty = s3.directUploads(SETTINGS.withLeave(twoSeconds).withExpiry(twoSeconds), leases);
        var begun = begin(hasty, NewUpload.to(KEY, PutOptions.defaults()).withLength(PART + 10));
        direct.sign(begun.id(), begun.missing()).forEach(part -> send(part, new byte[PART + 10]));

        await().atMost(PATIENCE).until(() -> hasty.find(begun.id()).isEmpty());

        assertThat(hasty.finish(begun.id())).isEqualTo(new Missing());
        await().atMost(PATIENCE).until(() -> hasty.sweep(10) + buckets.held(), sum -> sum == 0);
    }

    @Test
    void leave_does_not_outlast_the_upload() {
        var tenMinutes = Duration.ofMinutes(10);
        var brief = s3.directUploads(SETTINGS.withLeave(tenMinutes).withExpiry(tenMinutes), leases);
        var begun = begin(brief, NewUpload.to(KEY, PutOptions.defaults()).withLength(PART + 10));

        assertThat(direct.sign(begun.id(), begun.missing()))
                .hasSize(2)
                .allSatisfy(part -> assertThat(leave(part)).isBetween(1L, tenMinutes.toSeconds()));
        assertThatThrownBy(() -> SETTINGS.withLeave(Duration.ofDays(2))).hasMessageContaining("would outlast");
    }

    /** In seconds, as the URL says it. */
    private static long leave(PresignedPart part) {
        var query = part.request().url().getQuery();
        return Long.parseLong(query.replaceAll(".*X-Amz-Expires=([0-9]+).*", "$1"));
    }

    @Test
    void an_id_that_nobody_gave_out_opens_nothing_nor_does_that_of_another_kind() {
        var uploads = s3.uploads(UploadSettings.defaults(), leases);
        var begun = begin(NewUpload.to(KEY, PutOptions.defaults()).withLength(1));
        var other =
                (dev.coatcheck.state.uploads.BeginResult.Begun) uploads.begin(NewUpload.to(KEY, PutOptions.defaults()));

        for (var id : List.of(UploadId.random(), other.upload().id())) {
            assertThat(direct.find(id)).isEmpty();
            assertThat(direct.sign(id, List.of(1))).isEmpty();
            assertThat(direct.finish(id)).isEqualTo(new Missing());
            assertThat(direct.abandon(id)).isFalse();
        }
        assertThat(uploads.find(begun.id())).isEmpty();
        assertThat(uploads.abandon(begun.id())).isFalse();
        assertThat(direct.find(begun.id())).isPresent();
    }

    @Test
    void a_first_part_that_is_not_the_one_that_was_looked_at_is_not_taken() {
        var begun = begin(NewUpload.to(KEY, PutOptions.defaults()).withLength(1));
        var part = direct.sign(begun.id(), List.of(1)).getFirst();
        send(part, new byte[] {1});
        try (var bucket = new Bucket(S3Url.parse(buckets.url()), Buckets.SETTINGS)) {
            var looked = new Pieces(bucket).look(begun.id(), Head.FIRST, 16).orElseThrow();
            send(part, new byte[] {2});
            var parts = Multipart.begin(bucket, "another", "text/plain", Map.of());

            assertThat(parts.copy(1, UploadNames.piece(begun.id(), Head.FIRST), looked.etag()))
                    .isFalse();
            assertThat(parts.list().orElseThrow()).isEmpty();
        }
    }

    @Test
    void what_nobody_could_check_is_refused_at_the_beginning() {
        var film = NewUpload.to(KEY, PutOptions.defaults().withMaxBytes(10));

        assertThat(direct.begin(film.withLength(11))).isEqualTo(new DirectBeginResult.TooLarge(10));
        assertThatThrownBy(() -> direct.begin(film)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> direct.begin(film.withLength(0))).isInstanceOf(IllegalArgumentException.class);
        var summed = NewUpload.to(KEY, PutOptions.defaults().withSha256("ab")).withLength(1);
        assertThatThrownBy(() -> direct.begin(summed)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void on_a_store_that_ignores_conditions_there_are_no_uploads_without_the_leases_of_another() {
        assertThatThrownBy(() -> s3.directUploads(SETTINGS))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("leases");
        assertThatThrownBy(() -> s3.uploads(UploadSettings.defaults()))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("leases");
    }

    private DirectUpload begin(NewUpload upload) {
        return begin(direct, upload);
    }

    private static DirectUpload begin(DirectUploads direct, NewUpload upload) {
        return ((Begun) direct.begin(upload)).upload();
    }

    private static Stored stored(FinishResult result) {
        assertThat(result).isInstanceOf(Stored.class);
        return (Stored) result;
    }

    private int send(PresignedPart part, byte[] content) {
        return put(part, Arrays.copyOfRange(content, (int) part.offset(), (int) (part.offset() + part.length())));
    }

    private int put(PresignedPart part, byte[] content) {
        assertThat(part.request().headers()).isEmpty();
        return put(part.request().url(), content);
    }

    private int put(URI url, byte[] content) {
        try {
            var request = HttpRequest.newBuilder(url).timeout(PATIENCE).PUT(BodyPublishers.ofByteArray(content));
            return browser.send(request.build(), BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] read() {
        try (var found = (Found) s3.blobs().read(KEY, ReadOptions.whole())) {
            return found.content().readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
