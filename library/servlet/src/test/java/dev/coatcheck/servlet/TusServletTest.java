package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.blobs.InMemoryBlobs;
import dev.coatcheck.contracts.uploads.InMemoryUploadStore;
import dev.coatcheck.servlet.uploads.TusServlet;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import dev.coatcheck.state.uploads.AppendOptions;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.UploadRecord;
import dev.coatcheck.state.uploads.UploadSettings;
import dev.coatcheck.state.uploads.UploadStore;
import dev.coatcheck.state.uploads.Uploads;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What tus 1.0 says that a server does, and what it answers to a client that does not keep to it. */
@ParameterizedClass
@EnumSource(Container.class)
class TusServletTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LEASE = Duration.ofMillis(500);
    private static final int CHUNK = 1 << 20;
    private static final String BYTES = "application/offset+octet-stream";

    private final Blobs blobs = new InMemoryBlobs(InstantSource.system());
    private final UploadStore store = new InMemoryUploadStore(blobs, InstantSource.system());
    private final Uploads uploads = new Uploads(store, UploadSettings.defaults().withLease(LEASE));
    private final Films films = new Films();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Container container;
    private final WebServer server;

    TusServletTest(Container container) {
        this.container = container;
        server = container.start(
                (request, response, chain) -> chain.doFilter(request, response),
                Map.of("/uploads/*", new TusServlet(uploads, films)::service));
    }

    @AfterEach
    void close() {
        http.shutdownNow();
        server.close();
    }

    @Test
    void it_says_what_it_can_do() throws Exception {
        var answer = send("OPTIONS", "/uploads", "");

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(header(answer, "Tus-Version")).isEqualTo("1.0.0");
        assertThat(header(answer, "Tus-Extension").split(","))
                .contains(
                        "creation",
                        "creation-with-upload",
                        "creation-defer-length",
                        "checksum",
                        "termination",
                        "expiration",
                        "concatenation");
        assertThat(header(answer, "Tus-Checksum-Algorithm").split(",")).contains("sha1");
        assertThat(header(answer, "Tus-Max-Size")).isEqualTo("" + Films.MAX_BYTES);
    }

    @Test
    void a_film_is_sent_in_pieces_and_is_a_blob_when_its_last_byte_has_come() throws Exception {
        var metadata = "filename " + base64("Müller 🧥.gif") + ",filetype " + base64("image/gif") + ",empty";
        var begun = send("POST", "/uploads", "", "Upload-Length", "12", "Upload-Metadata", metadata);
        assertThat(begun.statusCode()).isEqualTo(201);
        var address = header(begun, "Location");
        assertThat(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header(begun, "Upload-Expires"))))
                .isAfter(Instant.now());

        var first = patch(address, 0, "GIF89a");
        assertThat(first.statusCode()).isEqualTo(204);
        assertThat(header(first, "Upload-Offset")).isEqualTo("6");
        assertThat(header(first, "Upload-Expires")).isNotEmpty();
        var head = send("HEAD", address, "");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(header(head, "Upload-Offset")).isEqualTo("6");
        assertThat(header(head, "Upload-Length")).isEqualTo("12");
        assertThat(header(head, "Upload-Metadata")).isEqualTo(metadata);
        assertThat(header(head, "Cache-Control")).isEqualTo("no-store");
        assertThat(header(head, "Tus-Resumable")).isEqualTo("1.0.0");
        assertThat(films.finished()).isEmpty();

        assertThat(header(head, Films.FILM)).isEmpty();

        var last = patch(address, 6, "......");

        assertThat(last.statusCode()).isEqualTo(204);
        var blob = films.finished().getFirst().blob().orElseThrow();
        assertThat(blob.contentType()).isEqualTo("image/gif");
        assertThat(read(blob.key())).isEqualTo("GIF89a......");
        assertThat(header(last, Films.FILM)).isEqualTo(blob.key());
        var again = send("HEAD", address, "");
        assertThat(header(again, "Upload-Offset")).isEqualTo("12");
        assertThat(header(again, Films.FILM)).isEqualTo(blob.key());
        assertThat(films.finished())
                .hasSizeGreaterThan(1)
                .allMatch(upload -> upload.blob().equals(Optional.of(blob)));
    }

    @Test
    void the_day_that_an_upload_expires_on_has_two_digits() throws Exception {
        var clock = InstantSource.fixed(Instant.parse("2026-06-02T08:49:37Z"));
        var store = new InMemoryUploadStore(new InMemoryBlobs(clock), clock);
        var tus = new TusServlet(new Uploads(store, UploadSettings.defaults()), films);
        try (var inJune = container.start(
                (request, response, chain) -> chain.doFilter(request, response), Map.of("/uploads/*", tus::service))) {
            var begin = HttpRequest.newBuilder(URI.create(inJune.uri() + "/uploads"))
                    .timeout(PATIENCE)
                    .header("Tus-Resumable", "1.0.0")
                    .header(Films.USER, "ada")
                    .header("Upload-Length", "1")
                    .POST(BodyPublishers.noBody());

            assertThat(header(http.send(begin.build(), BodyHandlers.discarding()), "Upload-Expires"))
                    .isEqualTo("Wed, 03 Jun 2026 08:49:37 GMT");
        }
    }

    @Test
    void an_upload_whose_process_died_while_finishing_it_is_finished_by_the_next_request() throws Exception {
        var address = begin(3);
        var id = new UploadId(address.substring(address.lastIndexOf('/') + 1));
        uploads.append(id, 0, new ByteArrayInputStream(new byte[3]), AppendOptions.none());
        var seen = store.find(id).orElseThrow();
        assertThat(store.replace(seen, leased(seen.record()))).isPresent();

        assertThat(offset(address)).isEqualTo(3);
        assertThat(films.finished()).hasSize(1);
    }

    private static UploadRecord leased(UploadRecord upload) {
        return new UploadRecord(
                upload.id(),
                upload.begun(),
                upload.parts(),
                upload.chunkSize(),
                upload.expiry(),
                LEASE,
                upload.offset(),
                upload.digest(),
                upload.head());
    }

    @Test
    void a_small_film_comes_with_its_beginning() throws Exception {
        var begun = send("POST", "/uploads/", "abc", "Upload-Length", "3", "Content-Type", BYTES);

        assertThat(begun.statusCode()).isEqualTo(201);
        assertThat(header(begun, "Upload-Offset")).isEqualTo("3");
        assertThat(read(films.finished().getFirst().blob().orElseThrow().key())).isEqualTo("abc");
        assertThat(send("POST", "/uploads", "", "Upload-Length", "0").statusCode())
                .isEqualTo(201);
        assertThat(films.finished()).hasSize(2);
    }

    @Test
    void a_length_may_be_said_later() throws Exception {
        var address = header(send("POST", "/uploads", "", "Upload-Defer-Length", "1"), "Location");
        patch(address, 0, "abc");
        assertThat(header(send("HEAD", address, ""), "Upload-Defer-Length")).isEqualTo("1");
        assertThat(films.finished()).isEmpty();

        var last = send("PATCH", address, "d", "Upload-Offset", "3", "Content-Type", BYTES, "Upload-Length", "4");

        assertThat(last.statusCode()).isEqualTo(204);
        assertThat(films.finished()).hasSize(1);
    }

    @Test
    void bytes_that_were_damaged_on_the_way_are_refused_and_sent_again() throws Exception {
        var address = begin(3);
        var right = MessageDigest.getInstance("SHA-1").digest("abc".getBytes(StandardCharsets.UTF_8));
        var checksum = "sha1 " + Base64.getEncoder().encodeToString(right);

        assertThat(patch(address, 0, "abd", "Upload-Checksum", checksum).statusCode())
                .isEqualTo(460);
        assertThat(patch(address, 0, "abc", "Upload-Checksum", "crc7 AAAA").statusCode())
                .isEqualTo(400);
        assertThat(patch(address, 0, "abc", "Upload-Checksum", "sha1 *").statusCode())
                .isEqualTo(400);
        assertThat(header(send("HEAD", address, ""), "Upload-Offset")).isEqualTo("0");
        assertThat(patch(address, 0, "abc", "Upload-Checksum", checksum).statusCode())
                .isEqualTo(204);
        assertThat(films.finished()).hasSize(1);
    }

    @Test
    void parts_that_were_sent_side_by_side_are_joined_and_joined_again_with_the_same_answer() throws Exception {
        var parts = Stream.of("abc", "de")
                .map(content -> header(
                        sendUnchecked(
                                "POST",
                                "/uploads",
                                content,
                                "Upload-Length",
                                "" + content.length(),
                                "Upload-Concat",
                                "partial",
                                "Content-Type",
                                BYTES),
                        "Location"))
                .toList();
        assertThat(header(send("HEAD", parts.getFirst(), ""), "Upload-Concat")).isEqualTo("partial");
        assertThat(films.finished()).isEmpty();
        var concat = "final;" + server.uri() + parts.get(0) + " " + parts.get(1);

        var joined = send("POST", "/uploads", "", "Upload-Concat", concat);

        assertThat(joined.statusCode()).isEqualTo(201);
        var address = header(joined, "Location");
        var head = send("HEAD", address, "");
        assertThat(header(head, "Upload-Concat")).isEqualTo(concat);
        assertThat(header(head, "Upload-Offset")).isEqualTo("5");
        assertThat(header(head, "Upload-Length")).isEqualTo("5");
        assertThat(read(films.finished().getFirst().blob().orElseThrow().key())).isEqualTo("abcde");
        assertThat(header(send("POST", "/uploads", "", "Upload-Concat", concat), "Location"))
                .isEqualTo(address);
        assertThat(patch(address, 5, "f").statusCode()).isEqualTo(403);
        assertThat(send("HEAD", parts.getFirst(), "").statusCode()).isEqualTo(404);
    }

    @Test
    void what_is_given_up_is_gone() throws Exception {
        var address = begin(3);

        assertThat(send("DELETE", address, "").statusCode()).isEqualTo(204);
        assertThat(send("HEAD", address, "").statusCode()).isEqualTo(404);
        assertThat(patch(address, 0, "abc").statusCode()).isEqualTo(404);
        assertThat(send("DELETE", address, "").statusCode()).isEqualTo(404);
    }

    @Test
    void nobody_uses_what_is_not_theirs() throws Exception {
        var address = begin(3);
        for (var method : List.of("HEAD", "PATCH", "DELETE")) {
            var request = request(method, address, "abc")
                    .setHeader(Films.USER, "eve")
                    .setHeader("Upload-Offset", "0")
                    .setHeader("Content-Type", BYTES);
            assertThat(http.send(request.build(), BodyHandlers.discarding()).statusCode())
                    .isEqualTo(404);
        }
        var part = header(send("POST", "/uploads", "", "Upload-Length", "0", "Upload-Concat", "partial"), "Location");
        var theft = request("POST", "/uploads", "")
                .setHeader(Films.USER, "eve")
                .setHeader("Upload-Concat", "final;" + part);
        assertThat(http.send(theft.build(), BodyHandlers.discarding()).statusCode())
                .isEqualTo(400);
        var anonymous = HttpRequest.newBuilder(server.uri().resolve("/uploads"))
                .header("Tus-Resumable", "1.0.0")
                .header("Upload-Length", "3")
                .POST(BodyPublishers.noBody());
        assertThat(http.send(anonymous.build(), BodyHandlers.discarding()).statusCode())
                .isEqualTo(403);
        assertThat(patch(address, 0, "abc").statusCode()).isEqualTo(204);
    }

    static Stream<Arguments> hostileBeginnings() {
        return Stream.of(
                Arguments.of(400, new String[] {}),
                Arguments.of(400, new String[] {"Upload-Length", "-1"}),
                Arguments.of(400, new String[] {"Upload-Length", "1e3"}),
                Arguments.of(400, new String[] {"Upload-Length", "99999999999999999999999"}),
                Arguments.of(400, new String[] {"Upload-Length", "3", "Upload-Defer-Length", "1"}),
                Arguments.of(400, new String[] {"Upload-Defer-Length", "2"}),
                Arguments.of(413, new String[] {"Upload-Length", "" + (Films.MAX_BYTES + 1L)}),
                Arguments.of(400, withBytes("Upload-Length", "0", "Upload-Checksum", "sha1 AAAA")),
                Arguments.of(400, withBytes("Upload-Length", "0", "Upload-Checksum", "crc7 AAAA")),
                Arguments.of(
                        415, withBytes("Upload-Length", "0", "Upload-Metadata", "filetype " + base64("image/png"))),
                Arguments.of(400, metadata("filename ***")),
                Arguments.of(400, metadata("filename /w==")), // no UTF-8
                Arguments.of(400, metadata("filename AA==")), // U+0000
                Arguments.of(400, metadata(" ,")),
                Arguments.of(400, metadata("a YQ==,a YQ==")),
                Arguments.of(400, new String[] {"Upload-Concat", "finally;/uploads/a"}),
                Arguments.of(400, new String[] {"Upload-Concat", "final;"}),
                Arguments.of(400, new String[] {"Upload-Concat", "final;/uploads/../../etc/passwd"}),
                Arguments.of(400, new String[] {"Upload-Concat", "final;/uploads/" + "A".repeat(32)}));
    }

    private static String[] metadata(String header) {
        return new String[] {"Upload-Length", "3", "Upload-Metadata", header};
    }

    @ParameterizedTest
    @MethodSource("hostileBeginnings")
    void what_is_no_beginning_is_refused(int status, String[] headers) throws Exception {
        var answer = send("POST", "/uploads", "", headers);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains("\"error\":");
        assertThat(header(answer, "Location")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "é", "../../../etc/passwd", "C:\\boot.ini", "a\nb", "\u202Egpj.exe", "%2e%2e%2f"})
    void a_name_is_a_text_and_no_path_and_a_type_may_be_none(String name) throws Exception {
        var metadata = "filename " + base64(name) + ",filetype " + base64(name);
        var begun = send("POST", "/uploads", "abc", withBytes("Upload-Length", "3", "Upload-Metadata", metadata));

        assertThat(begun.statusCode()).isEqualTo(201);
        assertThat(films.finished().getFirst().blob().orElseThrow().key()).matches("films/[0-9a-f-]{36}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "x", "1.5", "99999999999999999999"})
    void what_is_no_offset_is_refused(String offset) throws Exception {
        var address = begin(3);

        assertThat(send("PATCH", address, "abc", withBytes("Upload-Offset", offset))
                        .statusCode())
                .isEqualTo(400);
        assertThat(send("PATCH", address, "abc", withBytes()).statusCode()).isEqualTo(400);
    }

    @Test
    void requests_that_are_not_of_this_protocol_are_told_so() throws Exception {
        var address = begin(3);
        assertThat(patch(address, 1, "abc").statusCode()).isEqualTo(409);
        assertThat(patch(address, 0, "abcd").statusCode()).isEqualTo(413);
        assertThat(send("PATCH", address, "abc", "Upload-Offset", "0", "Content-Type", "text/plain")
                        .statusCode())
                .isEqualTo(415);
        assertThat(send("GET", address, "").statusCode()).isEqualTo(405);
        assertThat(send("GET", address, "", "X-HTTP-Method-Override", "DELETE").statusCode())
                .isEqualTo(405);
        var foreign = HttpRequest.newBuilder(server.uri().resolve(address));
        assertThat(http.send(foreign.build(), BodyHandlers.discarding()).statusCode())
                .isEqualTo(405);
        assertThat(send("POST", address, "", "Upload-Length", "1").statusCode()).isEqualTo(404);
        for (var path : List.of("/uploads", "/uploads/", "/uploads/short", address + "/more", address + "A")) {
            assertThat(send("HEAD", path, "").statusCode()).isEqualTo(404);
        }
        var old = HttpRequest.newBuilder(server.uri().resolve(address))
                .header("Tus-Resumable", "0.2.2")
                .HEAD();
        var answer = http.send(old.build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(412);
        assertThat(header(answer, "Tus-Version")).isEqualTo("1.0.0");
        var overridden =
                send("POST", address, "abc", withBytes("X-HTTP-Method-Override", "PATCH", "Upload-Offset", "0"));
        assertThat(overridden.statusCode()).isEqualTo(204);
    }

    @Test
    void bytes_that_are_not_of_their_type_are_refused_at_the_end_and_gone() throws Exception {
        var begun = send(
                "POST", "/uploads", "", "Upload-Length", "6", "Upload-Metadata", "filetype " + base64("image/png"));
        var address = header(begun, "Location");

        assertThat(patch(address, 0, "<html>").statusCode()).isEqualTo(415);
        assertThat(send("HEAD", address, "").statusCode()).isEqualTo(404);
        assertThat(films.finished()).isEmpty();
    }

    @Test
    void what_came_over_a_connection_that_broke_is_kept_and_the_next_one_goes_on() throws Exception {
        var address = begin(2_000_000);
        try (var broken =
                new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort())) {
            sendSome(broken.getOutputStream(), address, 1_500_000, 2_000_000);
            await().atMost(PATIENCE).until(() -> offset(address) > 0);
        }

        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class) // refused before all of it was read
                .untilAsserted(() -> {
                    int offset = (int) offset(address);
                    assertThat(patch(address, offset, "x".repeat(2_000_000 - offset))
                                    .statusCode())
                            .isEqualTo(204);
                });
        assertThat(films.finished().getFirst().blob().orElseThrow().size()).isEqualTo(2_000_000);
    }

    @Test
    void who_comes_while_the_dead_connection_of_an_earlier_one_lasts_waits_for_its_place_and_has_it() throws Exception {
        var address = begin(2_000_000);
        try (var silent =
                new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort())) {
            // A chunk and nothing more, so that the offset does not move again.
            sendSome(silent.getOutputStream(), address, CHUNK, 2_000_000);
            await().atMost(PATIENCE).until(() -> offset(address) == CHUNK);

            assertThat(patch(address, CHUNK, "x".repeat(2_000_000 - CHUNK)).statusCode())
                    .isEqualTo(204);
        }
        assertThat(films.finished().getFirst().blob().orElseThrow().size()).isEqualTo(2_000_000);
    }

    private static void sendSome(OutputStream out, String address, int sent, int length) throws IOException {
        var head = """
                PATCH %s HTTP/1.1\r
                Host: localhost\r
                Tus-Resumable: 1.0.0\r
                %s: ada\r
                Upload-Offset: 0\r
                Content-Type: %s\r
                Content-Length: %d\r
                \r
                """.formatted(address, Films.USER, BYTES, length);
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write("x".repeat(sent).getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private String begin(int length) throws Exception {
        return header(send("POST", "/uploads", "", "Upload-Length", "" + length), "Location");
    }

    private long offset(String address) throws Exception {
        return Long.parseLong(header(send("HEAD", address, ""), "Upload-Offset"));
    }

    private HttpResponse<String> patch(String address, long offset, String content, String... headers)
            throws Exception {
        var all = Stream.concat(Stream.of("Upload-Offset", "" + offset), Stream.of(headers));
        return send("PATCH", address, content, withBytes(all.toArray(String[]::new)));
    }

    private static String[] withBytes(String... headers) {
        return Stream.concat(Stream.of("Content-Type", BYTES), Stream.of(headers))
                .toArray(String[]::new);
    }

    private HttpResponse<String> send(String method, String path, String content, String... headers) throws Exception {
        var request = request(method, path, content);
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> sendUnchecked(String method, String path, String content, String... headers) {
        try {
            return send(method, path, content, headers);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private HttpRequest.Builder request(String method, String path, String content) {
        return HttpRequest.newBuilder(URI.create(server.uri() + path))
                .timeout(PATIENCE)
                .header("Tus-Resumable", "1.0.0")
                .header(Films.USER, "ada")
                .method(method, BodyPublishers.ofString(content));
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private String read(String key) throws IOException {
        try (var found = (Found) blobs.read(key, ReadOptions.whole())) {
            return new String(found.content().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
