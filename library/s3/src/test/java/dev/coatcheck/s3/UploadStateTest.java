package dev.coatcheck.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.blobs.GeneratedStream;
import dev.coatcheck.s3.Heads.Seen;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import dev.coatcheck.state.uploads.AppendOptions;
import dev.coatcheck.state.uploads.AppendResult;
import dev.coatcheck.state.uploads.AppendResult.Appended;
import dev.coatcheck.state.uploads.AppendResult.Superseded;
import dev.coatcheck.state.uploads.BeginResult.Begun;
import dev.coatcheck.state.uploads.FinishResult;
import dev.coatcheck.state.uploads.FinishResult.Stored;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.UploadSettings;
import dev.coatcheck.state.uploads.UploadStore;
import dev.coatcheck.state.uploads.Uploads;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** What only parts and objects can do to an upload, and what processes leave of it that die at a bad moment. */
class UploadStateTest {
    private static final String KEY = "films/1";
    private static final int PART = Buckets.DECIDING.partBytes();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final UploadSettings HASTY = UploadSettings.defaults().withLease(Duration.ofMillis(200));

    @RegisterExtension
    final Buckets buckets = new Buckets();

    private S3 s3;
    private Bucket bucket;
    private Heads heads;
    private UploadStore store;
    private Uploads uploads;

    @BeforeEach
    void attach() {
        s3 = buckets.freshThatDecides();
        bucket = new Bucket(S3Url.parse(buckets.url()), Buckets.DECIDING);
        heads = new Heads(bucket, Optional.empty());
        store = s3.uploadStore();
        uploads = new Uploads(store, HASTY);
    }

    @AfterEach
    void close() {
        bucket.close();
    }

    @Test
    void a_part_that_is_stored_late_by_who_was_taken_for_dead_takes_no_place_of_anothers() throws IOException {
        var content = GeneratedStream.bytes(1, 2 * PART + 10);
        var id = begin();
        // Stopped one byte before its part is full, and woken when another has stored that part.
        var stopped = new SequenceInputStream(
                new GeneratedStream(1, PART - 1),
                new SequenceInputStream(
                        new AtTheEnd(() -> awaitAppended(id, content)), new GeneratedStream(3, PART + 1)));

        assertThat(uploads.append(id, 0, stopped, AppendOptions.none())).isEqualTo(new Superseded());

        assertThat(uploads.finish(id)).isInstanceOf(Stored.class);
        assertThat(read()).isEqualTo(content);
    }

    @Test
    void what_was_to_be_put_together_by_who_died_is_put_together_by_the_next() throws IOException {
        var content = GeneratedStream.bytes(4, PART + 10);
        var id = appended(content);
        seal(id);

        assertThat(uploads.finish(id))
                .isInstanceOfSatisfying(
                        Stored.class,
                        stored -> assertThat(stored.blob().sha256()).isPresent());
        assertThat(read()).isEqualTo(content);
    }

    @Test
    void what_was_put_together_by_who_died_before_he_could_say_so_is_found() throws IOException {
        var content = GeneratedStream.bytes(5, PART + 10);
        var id = appended(content);
        var sealed = seal(id);
        var parts = new Multipart(bucket, KEY, sealed.head().multipart().orElseThrow());
        parts.complete(
                parts.list().orElseThrow().stream()
                        .map(part -> CompletedPart.builder()
                                .partNumber(part.partNumber())
                                .eTag(part.eTag())
                                .build())
                        .toList(),
                false);

        var etag = s3.blobs().stat(KEY).orElseThrow().etag();
        assertThat(uploads.finish(id))
                .isInstanceOfSatisfying(
                        Stored.class, stored -> assertThat(stored.blob().etag()).isEqualTo(etag));
        assertThat(read()).isEqualTo(content);
    }

    @Test
    void an_upload_whose_parts_a_rule_of_the_bucket_has_ended_is_begun_anew_and_not_finished_without_them()
            throws IOException {
        var content = GeneratedStream.bytes(6, 2L * PART);
        var goingOn = appended(Arrays.copyOf(content, PART));
        var whole = appended(content);
        assertThat(new MultipartSweep(bucket).abortBegunBefore(Instant.MAX, Set::of))
                .isEqualTo(2);

        assertThat(append(goingOn, PART, Arrays.copyOfRange(content, PART, 2 * PART)))
                .isInstanceOf(Superseded.class);
        assertThat(uploads.find(goingOn)).isEmpty();
        assertThat(uploads.finish(whole)).isInstanceOf(FinishResult.Busy.class);
        assertThat(uploads.finish(whole)).isEqualTo(new FinishResult.Missing());
        assertThat(s3.blobs().stat(KEY)).isEmpty();
        assertThat(buckets.held()).isZero();
    }

    @Test
    void who_ends_old_parts_leaves_those_of_uploads_that_go_on() throws IOException {
        var content = GeneratedStream.bytes(7, PART + 10);
        var id = appended(content);
        Multipart.begin(bucket, "another", "text/plain", Map.of());

        assertThat(s3.abortUploads(Duration.ZERO)).isEqualTo(1);

        assertThat(uploads.finish(id)).isInstanceOf(Stored.class);
        assertThat(read()).isEqualTo(content);
    }

    @Test
    void what_a_dead_writer_left_is_swept_once_it_is_old_and_what_counts_stays() throws IOException {
        var content = GeneratedStream.bytes(8, 1_000);
        var id = appended(content);
        var forgotten = UploadId.random();
        for (var orphan : new UploadId[] {id, forgotten}) {
            bucket.ask(
                    "leave something behind",
                    client -> client.putObject(
                            put -> put.bucket(bucket.name()).key(UploadNames.piece(orphan, "left")),
                            RequestBody.fromBytes(new byte[10])));
        }

        assertThat(store.sweep(10)).isZero();
        assertThat(buckets.held()).isEqualTo(4);
        var impatient = new S3UploadStore(bucket, Buckets.DECIDING, Optional.empty(), Duration.ZERO);
        await().atMost(PATIENCE).until(() -> impatient.sweep(10) + buckets.held(), sum -> sum == 2);

        assertThat(uploads.finish(id)).isInstanceOf(Stored.class);
        assertThat(read()).isEqualTo(content);
    }

    @Test
    void what_was_being_removed_by_who_died_is_gone_for_everybody_and_swept() throws IOException {
        var id = appended(GeneratedStream.bytes(9, PART + 10));
        var seen = heads.find(id).orElseThrow();
        assertThat(heads.replace(seen, seen.head().removed())).isPresent();

        assertThat(uploads.find(id)).isEmpty();
        assertThat(uploads.abandon(id)).isFalse();
        assertThat(store.sweep(10)).isEqualTo(1);
        assertThat(buckets.held()).isZero();
    }

    @Test
    void heads_of_the_first_release_are_read_for_ever() {
        var upload = store.find(begin()).orElseThrow().record();
        var head = Head.of(upload).stamped();

        assertThat(Head.read(head.text())).isEqualTo(head);
        assertThat(head.text()).contains("format=1", "stage=OPEN", "nextPart=1");
    }

    private Seen seal(UploadId id) {
        var seen = heads.find(id).orElseThrow();
        var sweep = new UploadSweep(bucket, heads, new Pieces(bucket), Duration.ZERO);
        return new UploadFinish(bucket, Buckets.DECIDING, heads, new Pieces(bucket), sweep)
                .seal(seen, "")
                .orElseThrow();
    }

    private UploadId begin() {
        var begun = uploads.begin(NewUpload.to(KEY, PutOptions.defaults()));
        return ((Begun) begun).upload().id();
    }

    private UploadId appended(byte[] content) throws IOException {
        var id = begin();
        assertThat(append(id, 0, content)).isInstanceOf(Appended.class);
        return id;
    }

    private AppendResult append(UploadId id, long offset, byte[] content) throws IOException {
        return uploads.append(id, offset, new ByteArrayInputStream(content), AppendOptions.none());
    }

    private void awaitAppended(UploadId id, byte[] content) {
        await().atMost(PATIENCE)
                .until(
                        () -> {
                            int offset = (int) uploads.find(id).orElseThrow().offset();
                            return append(id, offset, Arrays.copyOfRange(content, offset, content.length));
                        },
                        Appended.class::isInstance);
    }

    private byte[] read() throws IOException {
        try (var found = (Found) s3.blobs().read(KEY, ReadOptions.whole());
                InputStream content = found.content()) {
            return content.readAllBytes();
        }
    }
}
