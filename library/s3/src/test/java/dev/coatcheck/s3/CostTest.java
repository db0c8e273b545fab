package dev.coatcheck.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult;
import dev.coatcheck.state.blobs.ReadResult.Found;
import dev.coatcheck.state.uploads.AppendOptions;
import dev.coatcheck.state.uploads.BeginResult.Begun;
import dev.coatcheck.state.uploads.DirectBeginResult;
import dev.coatcheck.state.uploads.DirectUploadSettings;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.UploadSettings;
import dev.coatcheck.state.uploads.Uploads;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each method costs, counted on the wire. */
class CostTest {
    private static final int PART = Buckets.SETTINGS.partBytes();

    private final Relay relay = Relay.to(SharedServers.s3().tcpPort());
    private S3 s3;

    @BeforeEach
    void attachThroughTheRelay() {
        s3 = S3.attach(relay.through(Buckets.url(SharedServers.s3(), SharedServers.freshBucket())), Buckets.SETTINGS);
    }

    @AfterEach
    void close() {
        s3.close();
        relay.close();
    }

    @Test
    void a_blob_is_stored_in_one_round_trip_and_a_large_one_in_one_for_each_part_and_two() {
        var blobs = s3.blobs();
        costs(1, () -> blobs.put("empty", content(0), PutOptions.defaults()));
        costs(1, () -> blobs.put("small", content(PART - 1), PutOptions.defaults()));
        costs(2, () -> blobs.put("new", content(100), PutOptions.defaults().onlyIfAbsent()));
        costs(1, () -> blobs.put("new", content(100), PutOptions.defaults().onlyIfAbsent()));
        costs(3, () -> blobs.put("one-part", content(PART), PutOptions.defaults()));
        costs(4, () -> blobs.put("large", content(PART + 1), PutOptions.defaults()));
        // Begun, and given up.
        costs(
                3,
                () -> blobs.put(
                        "large", content(PART + 2), PutOptions.defaults().withMaxBytes(PART + 1)));
        costs(0, () -> blobs.put("small", content(101), PutOptions.defaults().withMaxBytes(100)));
    }

    @Test
    void a_blob_is_read_in_one_round_trip_and_under_a_condition_in_one_or_two() throws Exception {
        var blobs = s3.blobs();
        blobs.put("large", content(PART + 1), PutOptions.defaults());
        var etag = blobs.stat("large").orElseThrow().etag();
        costs(1, () -> readAll(blobs.read("large", ReadOptions.whole())));
        costs(1, () -> readAll(blobs.read("large", ReadOptions.range(PART - 1, 2))));
        costs(1, () -> blobs.read("none", ReadOptions.whole()));
        costs(1, () -> blobs.read("large", ReadOptions.whole().ifNoneMatch(etag)));
        costs(2, () -> readAll(blobs.read("large", ReadOptions.whole().ifNoneMatch("another"))));
        costs(2, () -> blobs.read("large", ReadOptions.from(PART + 1)));
    }

    @Test
    void to_look_and_to_list_is_one_round_trip_and_to_delete_two() throws Exception {
        var blobs = s3.blobs();
        blobs.put("small", content(100), PutOptions.defaults());
        costs(1, () -> blobs.stat("small"));
        costs(1, () -> blobs.list("", "", 10));
        costs(0, () -> blobs.list("no key begins so", "", 10));
        costs(2, () -> blobs.delete("small"));
        costs(1, () -> blobs.delete("small"));
        costs(1, s3::ping);
        costs(1, () -> s3.abortUploads(Duration.ZERO));
    }

    @Test
    void an_upload_costs_what_its_documentation_says() {
        try (var deciding =
                Relay.to(URI.create(S3MockServer.shared().freshBucket()).getPort())) {
            var url = deciding.through(S3MockServer.shared().freshBucket());
            try (var other = S3.attach(url, Buckets.DECIDING)) {
                costsOfUploads(deciding, other.uploads(UploadSettings.defaults().withLease(Duration.ofMinutes(1))));
            }
        }
    }

    private void costsOfUploads(Relay deciding, Uploads uploads) {
        var film = NewUpload.to("film", PutOptions.defaults());
        var begun = new AtomicReference<UploadId>();
        costs(
                deciding,
                2, // the first one, as it is tried whether the store looks at conditions
                () -> begun.set(((Begun) uploads.begin(film)).upload().id()));
        costs(deciding, 1, () -> uploads.begin(film));
        var id = begun.get();
        costs(deciding, 1, () -> uploads.find(id));
        // Found, claimed; the beginning of a chunk, and the head.
        costs(deciding, 4, () -> uploads.append(id, 0, content(100), AppendOptions.none()));
        // Its beginning is read; looked at again, and parts are begun; a part and the head; given back, and tidied up.
        costs(deciding, 9, () -> uploads.append(id, 100, content(PART - 100), AppendOptions.none()));
        costs(deciding, 5, () -> uploads.append(id, PART, content(PART), AppendOptions.none()));
        costs(deciding, 4, () -> uploads.append(id, 2L * PART, content(10), AppendOptions.none()));
        // Found, claimed; the last part is read and stored; sealed, listed, put together, looked at; told, and tidied
        // up.
        costs(deciding, 10, () -> uploads.finish(id));
        costs(deciding, 1, () -> uploads.finish(id));
        costs(deciding, 3, () -> uploads.abandon(id));

        var small = begun(uploads, film);
        append(uploads, small, 0, 100);
        // The parts are begun with the only one.
        costs(deciding, 11, () -> uploads.finish(small));
        var underWay = begun(uploads, film);
        append(uploads, underWay, 0, PART + 10);
        // Found, said to be gone; its parts and its tail; forgotten.
        costs(deciding, 5, () -> uploads.abandon(underWay));
    }

    private static UploadId begun(Uploads uploads, NewUpload film) {
        return ((Begun) uploads.begin(film)).upload().id();
    }

    private static void append(Uploads uploads, UploadId id, long offset, int size) {
        try {
            uploads.append(id, offset, content(size), AppendOptions.none());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_direct_upload_costs_what_its_documentation_says() {
        var bucket = S3MockServer.shared().freshBucket();
        try (var deciding = Relay.to(URI.create(bucket).getPort());
                var other = S3.attach(deciding.through(bucket), Buckets.DECIDING);
                var browser = HttpClient.newHttpClient()) {
            var direct = other.directUploads(DirectUploadSettings.defaults());
            var film = NewUpload.to("film", PutOptions.defaults()).withLength(PART + 10);
            direct.begin(film); // tries whether the store looks at conditions
            var begun = new AtomicReference<UploadId>();
            costs(
                    deciding,
                    2,
                    () -> begun.set(((DirectBeginResult.Begun) direct.begin(film))
                            .upload()
                            .id()));
            var id = begun.get();
            costs(deciding, 3, () -> direct.find(id));
            costs(deciding, 1, () -> direct.sign(id, List.of(1, 2)));
            for (var part : direct.sign(id, List.of(1, 2))) {
                var body = BodyPublishers.ofByteArray(new byte[(int) part.length()]);
                var put = HttpRequest.newBuilder(part.request().url()).PUT(body).build();
                costs(deciding, 1, () -> browser.send(put, BodyHandlers.discarding()));
            }
            costs(deciding, 11, () -> direct.finish(id));
            costs(deciding, 1, () -> direct.finish(id));
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    private void costs(int trips, Action action) {
        costs(relay, trips, action);
    }

    private static void costs(Relay relay, int trips, Action action) {
        int before = relay.trips();
        try {
            action.run();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        assertThat(relay.trips() - before).isEqualTo(trips);
    }

    private static void readAll(ReadResult result) throws Exception {
        try (var found = (Found) result) {
            found.content().transferTo(OutputStream.nullOutputStream());
        }
    }

    private static InputStream content(int size) {
        return new ByteArrayInputStream(new byte[size]);
    }
}
