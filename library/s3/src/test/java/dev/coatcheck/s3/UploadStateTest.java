package dev.coatcheck.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.coatcheck.contracts.blobs.GeneratedStream;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.contracts.leases.InMemoryLeaseStore;
import dev.coatcheck.s3.Heads.Seen;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.uploads.AppendOptions;
import dev.coatcheck.state.uploads.AppendResult;
import dev.coatcheck.state.uploads.AppendResult.Appended;
import dev.coatcheck.state.uploads.AppendResult.Superseded;
import dev.coatcheck.state.uploads.BeginResult;
import dev.coatcheck.state.uploads.BeginResult.Begun;
import dev.coatcheck.state.uploads.ChunkChecksum;
import dev.coatcheck.state.uploads.ChunkChecksum.Algorithm;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        heads = Heads.decided(bucket, Buckets.DECIDING);
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
        var id = appended(Arrays.copyOf(content, PART));
        var parts = new Multipart(
                bucket, KEY, heads.find(id).orElseThrow().head().multipart().orElseThrow());
        var wrong = new byte[] {(byte) ~content[2 * PART - 1], 0};
        // Stopped one byte before its part is full, and woken when another has stored that part.
        var stopped = new SequenceInputStream(
                new ByteArrayInputStream(content, PART, PART - 1),
                new SequenceInputStream(
                        new AtTheEnd(() -> awaitAppended(id, content)), new ByteArrayInputStream(wrong)));

        assertThat(uploads.append(id, PART, stopped, AppendOptions.none())).isEqualTo(new Superseded());

        assertThat(parts.list().orElseThrow()).hasSize(3); // two of them are the second chunk
        assertThat(uploads.finish(id)).isInstanceOf(Stored.class);
        assertThat(read()).isEqualTo(content);
    }

    /** The beginning of a chunk goes in two requests, the head the last of them; the first part of an upload in four. */
    @ParameterizedTest
    @CsvSource({"1000, 2", "5242880, 4"})
    void what_another_goes_on_from_stays_when_the_answer_that_it_was_stored_is_lost(int size, int requests)
            throws Exception {
        var content = GeneratedStream.bytes(2, size);
        try (var relay = Relay.to(URI.create(buckets.url()).getPort());
                var s3 = S3.attach(relay.through(buckets.url()), Buckets.DECIDING)) {
            var patient = s3.uploads(UploadSettings.defaults().withLease(Duration.ofMinutes(1)));
            var film = NewUpload.to(KEY, PutOptions.defaults()).withLength(size);
            var id = ((Begun) patient.begin(film)).upload().id();
            var other = new FutureTask<>(() -> claimWhileTheAnswerIsLost(relay, requests, id));
            var losing = new SequenceInputStream(
                    new ByteArrayInputStream(content, 0, size - 1),
                    new SequenceInputStream(
                            new AtTheEnd(() -> {
                                relay.holdAnswers();
                                Thread.ofVirtual().name("other").start(other);
                            }),
                            new ByteArrayInputStream(content, size - 1, 1)));

            assertThat(patient.append(id, 0, losing, AppendOptions.none())).isEqualTo(new Superseded());

            assertThat(other.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isPresent();
            assertThat(uploads.finish(id)).isInstanceOf(Stored.class);
            assertThat(read()).isEqualTo(content);
        }
    }

    private Optional<Seen> claimWhileTheAnswerIsLost(Relay relay, int requests, UploadId id) {
        for (int answered = 1; answered < requests; answered++) {
            relay.awaitQuiet(Duration.ofMillis(50), PATIENCE);
            int before = relay.trips();
            relay.pass();
            relay.delay(Duration.ofSeconds(1)); // until the next answers are held
            await().pollInterval(Duration.ofMillis(1)).atMost(PATIENCE).until(() -> relay.trips() > before);
            relay.holdAnswers();
            relay.delay(Duration.ZERO);
        }
        relay.awaitQuiet(Duration.ofMillis(50), PATIENCE);
        var seen = heads.find(id).orElseThrow();
        var claimed = heads.replace(seen, seen.head());
        relay.cut();
        relay.pass();
        return claimed;
    }

    @Test
    void an_upload_outlives_that_its_last_chunk_is_not_found() throws IOException {
        var content = GeneratedStream.bytes(10, PART + 10);
        var id = appended(content);
        var name = heads.find(id).orElseThrow().head().tail().orElseThrow().name();
        var pieces = new Pieces(bucket);
        pieces.delete(UploadNames.piece(id, name));

        assertThatThrownBy(() -> uploads.finish(id)).isInstanceOf(BackingServiceException.class);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThatThrownBy(() -> append(id, PART + 10, new byte[1]))
                        .isInstanceOf(BackingServiceException.class));

        bucket.ask(
                "bring it back",
                client -> client.putObject(
                        put -> put.bucket(bucket.name()).key(UploadNames.piece(id, name)),
                        RequestBody.fromBytes(Arrays.copyOfRange(content, PART, PART + 10))));
        awaitStored(id);
        assertThat(read()).isEqualTo(content);
    }

    @Test
    void an_upload_none_of_whose_parts_counts_ends_as_an_empty_blob() throws IOException {
        var id = begin();
        var wrong = AppendOptions.none().withChecksum(new ChunkChecksum(Algorithm.SHA1, "0".repeat(40)));
        assertThat(uploads.append(id, 0, new GeneratedStream(11, PART + 1), wrong))
                .isEqualTo(new AppendResult.ChecksumMismatch());
        assertThat(heads.find(id).orElseThrow().head().multipart()).isPresent();

        awaitStored(id);
        assertThat(read()).isEmpty();
    }

    @Test
    void what_a_client_announces_is_too_large_rather_than_a_failure_and_takes_no_memory() {
        long announced = 9_000_000_000_000L;
        var film = NewUpload.to(KEY, PutOptions.defaults());

        assertThat(uploads.begin(film.withLength(announced))).isEqualTo(new BeginResult.TooLarge(store.mostBytes()));
        assertThat(store.chunkSize(announced)).isEqualTo(64 << 20);
        assertThat(store.chunkSize(store.mostBytes())).isEqualTo(64 << 20);
    }

    @Test
    void a_store_that_ignores_conditions_gives_no_upload_out() throws IOException {
        var ignoring = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ignoring.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().add("ETag", "\"1\"");
                exchange.sendResponseHeaders(200, -1);
            }
        });
        ignoring.start();
        try {
            var url = "http://key:secret@127.0.0.1:" + ignoring.getAddress().getPort() + "/bucket";
            var ignored = buckets.attach(url, Buckets.DECIDING).uploads(HASTY);

            assertThatThrownBy(() -> ignored.begin(NewUpload.to(KEY, PutOptions.defaults())))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("If-Match");
        } finally {
            ignoring.stop(0);
        }
    }

    @Test
    void leases_that_may_end_before_a_request_does_are_refused() {
        try (var leases = new Leases(new InMemoryLeaseStore(InstantSource.system()), LeaseSettings.heldBy("web.1"))) {
            assertThatThrownBy(() -> s3.uploads(HASTY, leases))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("PT1M30S");
        }
    }

    @Test
    void a_head_that_cannot_be_read_keeps_no_other_from_being_swept() throws IOException {
        var removed = appended(GeneratedStream.bytes(12, 10));
        var seen = heads.find(removed).orElseThrow();
        assertThat(heads.replace(seen, seen.head().removed())).isPresent();
        var unreadable = List.of("format=99", "format=1", "format=1\nupload=x");
        for (int i = 0; i < unreadable.size(); i++) {
            var standsFirst = UploadId.parse("-".repeat(31) + i).orElseThrow();
            var text = unreadable.get(i);
            bucket.ask(
                    "leave a head behind",
                    client -> client.putObject(
                            put -> put.bucket(bucket.name()).key(UploadNames.head(standsFirst)),
                            RequestBody.fromString(text)));
        }

        assertThat(store.sweep(10)).isEqualTo(1);
        assertThat(buckets.held()).isEqualTo(unreadable.size());
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
        var impatient = new S3UploadStore(bucket, Buckets.DECIDING, heads, Duration.ZERO);
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

    private void awaitStored(UploadId id) {
        await().atMost(PATIENCE).until(() -> uploads.finish(id), Stored.class::isInstance);
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
