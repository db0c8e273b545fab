package dev.coatcheck.servlet;

import static dev.coatcheck.servlet.TusRequests.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.blobs.GeneratedStream;
import dev.coatcheck.servlet.uploads.TusServlet;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import dev.coatcheck.state.uploads.AppendOptions;
import dev.coatcheck.state.uploads.AppendResult.WrongOffset;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.UploadSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a client does that means no good: it is told so, a film that is half sent loses nothing by it, and when that is whole and
 * deleted there is nothing left in the store.
 */
@ParameterizedClass
@EnumSource(Kept.class)
class HostileUploadsTest {
    private static final int SIZE = 20_000;
    private static final int HALF = SIZE / 2;
    private static final int MAX_BYTES = 100_000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** So long that a writer on a busy machine renews it in time. */
    private static final UploadSettings SETTINGS = UploadSettings.defaults().withLease(Duration.ofSeconds(5));

    private static final byte[] FILM = GeneratedStream.bytes(1, SIZE);
    private static final byte[] REST = Arrays.copyOfRange(FILM, HALF, SIZE);

    private static final Map<Kept, Site> SITES = new EnumMap<>(Kept.class);

    private final Site site;
    private final AttachedUploads attached;
    private final TusRequests tus;
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final List<String> begun = new ArrayList<>();
    private String film = "";

    /** Where films are uploaded to, one for all tests of a store. */
    private record Site(Kept where, String url, AttachedUploads attached, WebServer server, HttpClient http) {
        static Site of(Kept where) {
            var url = where.freshUrl();
            var attached = where.attach(url, SETTINGS);
            var servlet = new TusServlet(attached.uploads(), new Films(MAX_BYTES));
            var server = Container.JETTY.start(
                    new RestOfBodyFilter(1 << 20, PATIENCE), Map.of("/uploads/*", servlet::service));
            return new Site(where, url, attached, server, HttpClient.newHttpClient());
        }

        void close() {
            http.shutdownNow();
            server.close();
            attached.close();
        }
    }

    HostileUploadsTest(Kept where) {
        this.site = SITES.computeIfAbsent(where, Site::of);
        this.attached = site.attached();
        this.tus = new TusRequests(site.http(), site.server().uri());
    }

    @AfterAll
    static void stop() {
        SITES.values().forEach(Site::close);
        SITES.clear();
    }

    @BeforeEach
    void sendHalfOfAFilm() {
        film = begin("Upload-Length", "" + SIZE);
        assertThat(tus.patch(film, 0, Arrays.copyOf(FILM, HALF)).statusCode()).isEqualTo(204);
    }

    /** So that a test that fails leaves nothing that the next one would find. */
    @AfterEach
    void leaveNothing() {
        goOn.countDown();
        begun.forEach(address -> attached.uploads().abandon(id(address)));
        attached.blobs().list("", "", 100).forEach(blob -> attached.blobs().delete(blob.key()));
    }

    private String begin(String... headers) {
        var address = tus.begin(headers);
        begun.add(address);
        return address;
    }

    private static UploadId id(String address) {
        return new UploadId(address.substring(address.lastIndexOf('/') + 1));
    }

    @Test
    void offsets_that_lie_are_refused_and_move_nothing() throws Exception {
        for (long lie : new long[] {0, HALF - 1, HALF + 1, SIZE, SIZE + 1, 1L << 53, 999_999_999_999_999_999L}) {
            isRefused(tus.patch(film, lie, REST), 409, "wrong_offset");
        }
        for (var lie : List.of("-1", "+10000", "0x2710", "1e4", "10000.0", "10000, 10000", "9".repeat(30))) {
            isRefused(tus.patch(film, HALF, REST, "Upload-Offset", lie), 400, "bad_request");
        }

        isWholeInTheEndAndThenNothingIsLeft();
    }

    @Test
    void parts_out_of_order_are_refused_and_go_where_they_belong_when_it_is_their_turn() throws Exception {
        var parts = new ArrayList<String>();
        for (int i = 0; i < 2; i++) {
            parts.add(begin("Upload-Length", "" + HALF, "Upload-Concat", "partial"));
        }
        var lastFirst = "final;" + parts.get(1) + " " + parts.get(0);
        assertThat(tus.patch(parts.get(1), 0, REST).statusCode()).isEqualTo(204);

        isRefused(tus.patch(film, HALF + 1_000, Arrays.copyOfRange(FILM, HALF + 1_000, SIZE)), 409, "wrong_offset");
        isRefused(tus.send("POST", "/uploads", "Upload-Concat", lastFirst), 400, "part_missing");
        isRefused(tus.send("POST", "/uploads", "Upload-Concat", "final;" + film), 400, "part_missing");
        for (var part : parts) {
            assertThat(tus.send("DELETE", part).statusCode()).isEqualTo(204);
        }

        isWholeInTheEndAndThenNothingIsLeft();
    }

    @Test
    void more_than_was_announced_or_is_allowed_is_refused_whenever_it_shows() throws Exception {
        isRefused(tus.send("POST", "/uploads", "Upload-Length", "" + (MAX_BYTES + 1)), 413, "too_large");
        isRefused(tus.send("POST", "/uploads", "Upload-Length", "999999999999999999"), 413, "too_large");
        isRefused(tus.patch(film, HALF, new byte[HALF + 1]), 413, "too_large");
        isRefused(tus.patch(film, HALF, REST, "Upload-Length", "" + (SIZE + 1)), 400, "bad_request");

        var endless = begin("Upload-Defer-Length", "1");
        isRefused(tus.patch(endless, 0, new byte[1], "Upload-Length", "" + (MAX_BYTES + 1)), 413, "too_large");
        isRefused(tus.patch(endless, 0, new byte[MAX_BYTES + 1]), 413, "too_large");
        assertThat(tus.offset(endless)).isLessThanOrEqualTo(MAX_BYTES);
        assertThat(tus.send("DELETE", endless).statusCode()).isEqualTo(204);

        isWholeInTheEndAndThenNothingIsLeft();
    }

    @Test
    void bytes_with_a_wrong_checksum_are_refused_and_not_kept() throws Exception {
        for (var algorithm :
                Map.of("md5", "MD5", "sha1", "SHA-1", "sha256", "SHA-256").entrySet()) {
            var others = MessageDigest.getInstance(algorithm.getValue()).digest(FILM);
            isRefused(patchWith(algorithm.getKey() + " " + base64(others)), 460, "wrong_checksum");
        }
        isRefused(patchWith("sha1 " + base64(new byte[4])), 400, "bad_request");
        isRefused(patchWith("sha1 ***"), 400, "bad_request");
        isRefused(patchWith("sha1"), 400, "bad_request");
        isRefused(patchWith("crc32 " + base64(new byte[4])), 400, "unknown_checksum");
        assertThat(tus.offset(film)).isEqualTo(HALF);

        isWholeInTheEndAndThenNothingIsLeft();
    }

    private HttpResponse<String> patchWith(String checksum) {
        return tus.patch(film, HALF, REST, "Upload-Checksum", checksum);
    }

    @Test
    void ids_that_were_forged_open_nothing() throws Exception {
        var id = film.substring(film.lastIndexOf('/') + 1);
        var oneOff = id.substring(0, 31) + (id.endsWith("A") ? "B" : "A");
        for (var forged : List.of(UploadId.random().text(), oneOff, id + "A", id.substring(1), "0", "null", "*")) {
            var address = "/uploads/" + forged;
            assertThat(tus.send("HEAD", address).statusCode()).isEqualTo(404);
            isRefused(tus.patch(address, HALF, REST), 404, "no_such_upload");
            isRefused(tus.send("DELETE", address), 404, "no_such_upload");
            isRefused(tus.send("POST", "/uploads", "Upload-Concat", "final;" + address), 400, "part_missing");
        }
        // Right, but another's.
        isRefused(tus.patch(film, HALF, REST, Films.USER, "eve"), 404, "no_such_upload");
        isRefused(tus.send("DELETE", film, Films.USER, "eve"), 404, "no_such_upload");

        isWholeInTheEndAndThenNothingIsLeft();
    }

    /** Where the servlet reads addresses itself: of a request's own path the container has an opinion, and may close the connection. */
    @Test
    void paths_in_ids_lead_nowhere() throws Exception {
        var part = begin("Upload-Length", "" + HALF, "Upload-Concat", "partial");
        assertThat(tus.patch(part, 0, REST).statusCode()).isEqualTo(204);
        var id = id(part).text();

        for (var path : List.of("..%2F" + id, "%2e%2e/", id + "/..", id + "/../../etc/passwd", id + "%00", "..;")) {
            isRefused(tus.send("POST", "/uploads", "Upload-Concat", "final;/uploads/" + path), 400, "part_missing");
        }
        // Nothing but the id counts, nor does that make it anybody's.
        for (var before : List.of("https://elsewhere/uploads/", "/films/../", "")) {
            var joining = tus.send("POST", "/uploads", "Upload-Concat", "final;" + before + id, Films.USER, "eve");
            isRefused(joining, 400, "part_missing");
        }
        assertThat(tus.send("DELETE", part).statusCode()).isEqualTo(204);

        isWholeInTheEndAndThenNothingIsLeft();
    }

    @Test
    void paths_in_names_stay_texts() throws Exception {
        for (var name : List.of("../../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "a/../b", "C:con", ".", "")) {
            var metadata = "filename " + base64(name.getBytes(UTF_8)) + ",relativePath " + base64(name.getBytes(UTF_8));
            var answer = tus.send(
                    "POST",
                    "/uploads",
                    BodyPublishers.ofByteArray(FILM),
                    "Upload-Length",
                    "" + SIZE,
                    "Upload-Metadata",
                    metadata,
                    "Content-Type",
                    TusRequests.BYTES);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
            var address = header(answer, "Location");
            begun.add(address);
            var head = tus.send("HEAD", address);
            assertThat(header(head, "Upload-Metadata")).isEqualTo(metadata.strip());
            assertThat(header(head, Films.FILM)).matches("films/[0-9a-f-]{36}");

            deleteWithItsBlob(address);
        }

        isWholeInTheEndAndThenNothingIsLeft();
    }

    @Test
    void bytes_of_another_type_are_refused_at_the_end() throws Exception {
        var typed = begin(
                "Upload-Length", "" + SIZE, "Upload-Metadata", "filetype " + base64("image/jpeg".getBytes(UTF_8)));

        isRefused(tus.patch(typed, 0, FILM), 415, "wrong_type");

        assertThat(tus.send("HEAD", typed).statusCode()).isEqualTo(404);
        isWholeInTheEndAndThenNothingIsLeft();
    }

    @Test
    void of_two_who_send_at_once_one_sends_and_the_other_is_told() throws Exception {
        var first = sending(film);
        await().atMost(PATIENCE).until(() -> isBusyOrFurther(film));

        isRefused(tus.patch(film, HALF, new byte[HALF]), 423, "busy");
        goOn.countDown();

        assertThat(first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).statusCode())
                .isEqualTo(204);
        isWholeInTheEndAndThenNothingIsLeft();
    }

    @Test
    void what_is_given_up_while_it_is_sent_takes_nothing_more() throws Exception {
        var other = begin("Upload-Length", "" + SIZE);
        assertThat(tus.patch(other, 0, Arrays.copyOf(FILM, HALF)).statusCode()).isEqualTo(204);
        var sending = sending(other);
        await().atMost(PATIENCE).until(() -> isBusyOrFurther(other));

        assertThat(tus.send("DELETE", other).statusCode()).isEqualTo(204);
        goOn.countDown();

        isRefused(sending.get(PATIENCE.toSeconds(), TimeUnit.SECONDS), 404, "no_such_upload");
        isWholeInTheEndAndThenNothingIsLeft();
    }

    /** Sends the rest of a film, slowly until it is told to go on, and for longer than a lease lasts. */
    private FutureTask<HttpResponse<String>> sending(String address) {
        var slow = new InputStream() {
            private int position = HALF;

            @Override
            public int read() {
                throw new AssertionError("one byte at a time is too little");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                try {
                    boolean isTold = goOn.await(SETTINGS.lease().toMillis() / 50, TimeUnit.MILLISECONDS);
                    int count = Math.min(isTold ? length : 1, SIZE - position);
                    System.arraycopy(FILM, position, buffer, offset, count);
                    position += count;
                    return count == 0 ? -1 : count;
                } catch (InterruptedException e) {
                    throw new IOException("the sender was interrupted", e);
                }
            }
        };
        var task = new FutureTask<>(() ->
                tus.patch(address, HALF, BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> slow), HALF)));
        Thread.ofVirtual().name("sending").start(task);
        return task;
    }

    /** Whether somebody is sending: who holds the place of a writer, or has moved the offset. */
    private boolean isBusyOrFurther(String address) throws IOException {
        return !attached.uploads()
                .append(id(address), -1, InputStream.nullInputStream(), AppendOptions.none())
                .equals(new WrongOffset(HALF));
    }

    private static void isRefused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains("\"error\":\"" + code + "\"").contains("\"message\":\"");
    }

    private void isWholeInTheEndAndThenNothingIsLeft() throws IOException {
        long offset = tus.offset(film);
        if (offset < SIZE) {
            assertThat(offset).isGreaterThanOrEqualTo(HALF);
            var last = tus.patch(film, offset, Arrays.copyOfRange(FILM, (int) offset, SIZE));
            assertThat(last.statusCode()).as(last.body()).isEqualTo(204);
        }
        var key = header(tus.send("HEAD", film), Films.FILM);
        try (var found = (Found) attached.blobs().read(key, ReadOptions.whole())) {
            assertThat(found.content().readAllBytes()).isEqualTo(FILM);
        }
        assertThat(attached.blobs().list("", "", 10)).hasSize(1);

        deleteWithItsBlob(film);
        assertThat(site.where().held(site.url(), attached.uploads())).isZero();
    }

    private void deleteWithItsBlob(String address) {
        assertThat(attached.blobs().delete(header(tus.send("HEAD", address), Films.FILM)))
                .isTrue();
        assertThat(tus.send("DELETE", address).statusCode()).isEqualTo(204);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
