package dev.coatcheck.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.process.ProcessGroup;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.s3.S3;
import dev.coatcheck.s3.S3Settings;
import dev.coatcheck.servlet.RestOfBodyFilter;
import dev.coatcheck.servlet.uploads.DirectUploadServlet;
import dev.coatcheck.servlet.uploads.TusAccess;
import dev.coatcheck.servlet.uploads.TusCreation;
import dev.coatcheck.servlet.uploads.TusServlet;
import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.uploads.AppendOptions;
import dev.coatcheck.state.uploads.AppendResult;
import dev.coatcheck.state.uploads.AppendResult.Appended;
import dev.coatcheck.state.uploads.AppendResult.Busy;
import dev.coatcheck.state.uploads.AppendResult.ChecksumMismatch;
import dev.coatcheck.state.uploads.AppendResult.Missing;
import dev.coatcheck.state.uploads.AppendResult.Superseded;
import dev.coatcheck.state.uploads.AppendResult.WrongLength;
import dev.coatcheck.state.uploads.AppendResult.WrongOffset;
import dev.coatcheck.state.uploads.BeginResult;
import dev.coatcheck.state.uploads.BeginResult.Begun;
import dev.coatcheck.state.uploads.DirectBeginResult;
import dev.coatcheck.state.uploads.DirectUpload;
import dev.coatcheck.state.uploads.DirectUploadSettings;
import dev.coatcheck.state.uploads.DirectUploads;
import dev.coatcheck.state.uploads.FinishResult;
import dev.coatcheck.state.uploads.FinishResult.Incomplete;
import dev.coatcheck.state.uploads.FinishResult.Stored;
import dev.coatcheck.state.uploads.FinishResult.WrongType;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.PresignedPart;
import dev.coatcheck.state.uploads.Upload;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.UploadSettings;
import dev.coatcheck.state.uploads.Uploads;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samples of {@code docs/uploads.md}, as two instances run them. */
class UploadsGuideTest {
    private static final String URL = SharedServers.freshPostgresUrl();
    private static final S3Settings STORE = S3Settings.defaults()
            .withRequestTimeout(Duration.ofSeconds(10)) // the leases last three times as long
            .without(BlobCapability.SOLE_CREATION, BlobCapability.CONSISTENT_READS, BlobCapability.ALL_KEYS);
    private static final byte[] FILM = "....ftypisom....".getBytes(StandardCharsets.US_ASCII);

    private final AttachedProcess one = new AttachedProcess();
    private final AttachedProcess two = new AttachedProcess();
    private final Films films = new Films();

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    /** A table, in memory. */
    private static final class Films {
        private final Map<String, Map<String, String>> rows = new ConcurrentHashMap<>();

        void addOnce(String key, Map<String, String> attributes) {
            rows.putIfAbsent(key, attributes);
        }
    }

    private static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private static Optional<String> user(HttpServletRequest request) {
        return Optional.ofNullable(request.getHeader("User"));
    }

    record FilmUploads(Films films) implements TusAccess {
        @Override
        public Optional<NewUpload> begin(HttpServletRequest request, TusCreation creation) {
            var options = PutOptions.ofType("video/mp4").withMaxBytes(4L << 30);
            var title = creation.metadata().getOrDefault("filename", "film"); // a text, and no path
            return user(request)
                    .map(user -> NewUpload.to("films/" + UUID.randomUUID(), options)
                            .withAttributes(Map.of("owner", user, "title", title)));
        }

        @Override
        public boolean mayUse(HttpServletRequest request, Upload upload) {
            return user(request)
                    .filter(user -> user.equals(upload.begun().attributes().get("owner")))
                    .isPresent();
        }

        @Override
        public void finished(HttpServletRequest request, HttpServletResponse response, Upload upload) {
            films.addOnce(upload.begun().key().orElseThrow(), upload.begun().attributes());
        }
    }

    private static final class AttachedProcess implements AutoCloseable {
        private final Postgres postgres = Postgres.attach(URL);
        private final Uploads uploads = postgres.uploads(UploadSettings.defaults());

        void serve(ServletContext servletContext, Films films) {
            var uploads = postgres.uploads(UploadSettings.defaults());
            new RestOfBodyFilter(64 << 20, Duration.ofSeconds(30)).addTo(servletContext);
            servletContext
                    .addServlet("uploads", new TusServlet(uploads, new FilmUploads(films)))
                    .addMapping("/uploads/*");
        }

        UploadId begin() {
            var film = NewUpload.to("films/42", PutOptions.ofType("video/mp4").withMaxBytes(4L << 30));
            return switch (uploads.begin(film)) {
                case Begun(var upload) -> upload.id();
                case BeginResult.TooLarge(var maxBytes) -> throw new IllegalArgumentException("more than " + maxBytes);
            };
        }

        // returns where to go on
        long send(UploadId id, long offset, InputStream content) throws IOException {
            return switch (uploads.append(id, offset, content, AppendOptions.none())) {
                case Appended(var upload) -> upload.offset();
                case WrongOffset(var actual) -> actual; // it came, and the answer did not
                case Busy busy -> offset; // another process is at it: in a while
                case Superseded superseded -> offset;
                case Missing missing -> throw new RefusedException();
                case WrongLength wrongLength -> throw new RefusedException();
                case ChecksumMismatch mismatch -> throw new RefusedException();
                case AppendResult.TooLarge tooLarge -> throw new RefusedException();
            };
        }

        Blob finish(UploadId id) throws RefusedException {
            if (uploads.finish(id) instanceof Stored(var blob)) {
                return blob; // also the second time
            }
            throw new RefusedException(); // the other outcomes say why
        }

        @Override
        public void close() {
            postgres.close();
        }
    }

    /** What a process does for browsers that send to the store themselves. */
    private record Direct(DirectUploads direct, Films films) {
        DirectUpload begin(String user, long size) {
            var film = NewUpload.to(
                    "films/" + UUID.randomUUID(), PutOptions.ofType("video/mp4").withMaxBytes(4L << 30));
            return switch (direct.begin(film.withLength(size).withAttributes(Map.of("owner", user)))) {
                case DirectBeginResult.Begun(var upload) -> upload;
                case DirectBeginResult.TooLarge(var maxBytes) ->
                    throw new IllegalArgumentException("more than " + maxBytes);
            };
        }

        // to the browser: which bytes to send, and where to; also to go on after a break
        List<PresignedPart> leave(UploadId id, String user) {
            return direct.find(id)
                    .filter(upload -> user.equals(upload.begun().attributes().get("owner")))
                    .map(upload -> direct.sign(id, upload.missing()))
                    .orElse(List.of());
        }

        int finish(UploadId id) {
            return switch (direct.finish(id)) {
                case Stored(var blob) -> {
                    films.addOnce(blob.key(), Map.of()); // also the second time
                    yield 200;
                }
                case Incomplete(var came, var length) -> 409; // some are missing: give leave for those
                case FinishResult.Busy busy -> 503; // another process is at it: in a while
                case WrongType wrongType -> 422;
                case FinishResult.ChecksumMismatch mismatch -> 422;
                case FinishResult.Exists exists -> 409;
                case FinishResult.Missing missing -> 404;
            };
        }
    }

    private static void serveDirectly(ServletContext servletContext, S3 s3, Leases leases, Films films) {
        var direct = s3.directUploads(DirectUploadSettings.defaults(), leases);
        servletContext
                .addServlet("direct", new DirectUploadServlet(direct, new FilmUploads(films)))
                .addMapping("/direct/*");
    }

    private static void tidyUp(Map<String, String> environment, Leases leases) {
        try (var s3 = S3.attach(environment, STORE)) {
            var uploads = s3.uploads(UploadSettings.defaults().withLease(Duration.ofSeconds(20)), leases);
            // from a schedule
            uploads.sweep(100);
            s3.abortUploads(Duration.ofDays(7));
        }
    }

    @Test
    void parts_go_directly_to_the_store_and_any_instance_finishes() throws Exception {
        var environment = environment();
        try (var leases = one.postgres.leases(LeaseSettings.heldBy("web.1"));
                var s3 = S3.attach(environment, STORE);
                var browser = HttpClient.newHttpClient()) {
            var here = new Direct(s3.directUploads(DirectUploadSettings.defaults(), leases), films);
            var there = new Direct(s3.directUploads(DirectUploadSettings.defaults(), leases), films);
            var upload = here.begin("ada", FILM.length);
            assertThatThrownBy(() -> here.begin("ada", 5L << 30)).isInstanceOf(IllegalArgumentException.class);
            assertThat(there.leave(upload.id(), "eve")).isEmpty();
            assertThat(there.finish(upload.id())).isEqualTo(409);

            for (var part : there.leave(upload.id(), "ada")) {
                var put = HttpRequest.newBuilder(part.request().url())
                        .method(part.request().method(), BodyPublishers.ofByteArray(FILM));
                assertThat(browser.send(put.build(), BodyHandlers.discarding()).statusCode())
                        .isEqualTo(200);
            }

            assertThat(here.finish(upload.id())).isEqualTo(200);
            assertThat(there.finish(upload.id())).isEqualTo(200);
            assertThat(here.finish(UploadId.random())).isEqualTo(404);
            assertThat(films.rows).containsOnlyKeys(upload.begun().key().orElseThrow());
        }
    }

    @Test
    void what_has_expired_on_an_object_store_is_swept_from_a_schedule() {
        var environment = environment();
        try (var leases = one.postgres.leases(LeaseSettings.heldBy("web.1"));
                var s3 = S3.attach(environment, STORE)) {
            var hasty = s3.uploads(
                    UploadSettings.defaults().withLease(Duration.ofSeconds(1)).withExpiry(Duration.ofSeconds(1)),
                    leases);
            var begun = (Begun) hasty.begin(NewUpload.to("films/1", PutOptions.defaults()));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> hasty.find(begun.upload().id()).isEmpty());

            tidyUp(environment, leases);

            assertThat(hasty.abandon(begun.upload().id())).isFalse();
        }
    }

    private static Map<String, String> environment() {
        var server = SharedServers.s3();
        return Map.of(
                "AWS_ENDPOINT_URL_S3", server.url(),
                "AWS_ACCESS_KEY_ID", server.accessKeyId(),
                "AWS_SECRET_ACCESS_KEY", server.secretAccessKey(),
                "AWS_REGION", server.region(),
                "S3_BUCKET", SharedServers.freshBucket());
    }

    @Test
    void an_upload_is_begun_by_one_instance_sent_to_another_and_finished_by_any() throws IOException {
        var id = one.begin();

        assertThat(two.send(id, 0, new ByteArrayInputStream(FILM, 0, 10))).isEqualTo(10);
        assertThat(one.send(id, 0, new ByteArrayInputStream(FILM))).isEqualTo(10);
        assertThat(one.send(id, 10, new ByteArrayInputStream(FILM, 10, 6))).isEqualTo(16);
        var blob = two.finish(id);
        assertThat(one.finish(id)).isEqualTo(blob);
        assertThat(one.postgres.blobs().stat("films/42")).contains(blob);
        var forged = UploadId.random();
        assertThatThrownBy(() -> one.send(forged, 0, InputStream.nullInputStream()))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> one.finish(forged)).isInstanceOf(RefusedException.class);
    }

    @Test
    void over_http_each_request_meets_another_instance() throws Exception {
        try (var here = Instance.start(context -> one.serve(context, films), Map.of());
                var there = Instance.start(context -> two.serve(context, films), Map.of())) {
            var begun = send("POST", here.at("/uploads"), "ada", new byte[0], "Upload-Length", "" + FILM.length);
            assertThat(begun.statusCode()).isEqualTo(201);
            var path = begun.headers().firstValue("Location").orElseThrow();

            assertThat(send("HEAD", there.at(path), "eve", new byte[0]).statusCode())
                    .isEqualTo(404);
            assertThat(patch(there.at(path), 0, 10).statusCode()).isEqualTo(204);
            assertThat(films.rows).isEmpty();
            assertThat(patch(here.at(path), 10, FILM.length).statusCode()).isEqualTo(204);

            assertThat(films.rows.values())
                    .singleElement()
                    .satisfies(
                            row -> assertThat(row).containsEntry("owner", "ada").containsEntry("title", "film"));
            var key = films.rows.keySet().iterator().next();
            assertThat(two.postgres.blobs().stat(key).orElseThrow().size()).isEqualTo(FILM.length);
        }
    }

    @Test
    void the_client_for_pages_sends_a_file(@TempDir Path folder) throws Exception {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, "node"))),
                "there is Node here");
        var client = resource("/META-INF/resources/coatcheck/uploads.js", folder.resolve("uploads.mjs"));
        var script = resource("/guides/uploads.mjs", folder.resolve("guide.mjs"));
        try (var leases = two.postgres.leases(LeaseSettings.heldBy("web.2"));
                var s3 = S3.attach(environment(), STORE);
                var here = Instance.start(context -> one.serve(context, films), Map.of());
                var there = Instance.start(context -> serveDirectly(context, s3, leases, films), Map.of())) {
            var command = List.of(
                    "node",
                    script.toString(),
                    client.toUri().toString(),
                    here.at("/uploads").toString(),
                    there.at("/direct").toString());
            try (var node = ProcessGroup.start(new ProcessBuilder(command).redirectErrorStream(true))) {
                var said = node.leader()
                        .inputReader(StandardCharsets.UTF_8)
                        .lines()
                        .toList();
                assertThat(said).containsExactly("shows 0", "shows 1", "shows 204", "shows 200");
            }
        }
        assertThat(films.rows.values())
                .hasSize(2)
                .allSatisfy(row -> assertThat(row).containsEntry("title", "film.mp4"));
    }

    private static Path resource(String name, Path copy) throws IOException {
        try (var content = Objects.requireNonNull(UploadsGuideTest.class.getResourceAsStream(name))) {
            Files.copy(content, copy);
        }
        return copy;
    }

    private static HttpResponse<Void> patch(URI address, int from, int to) throws Exception {
        var content = Arrays.copyOfRange(FILM, from, to);
        return send(
                "PATCH",
                address,
                "ada",
                content,
                "Upload-Offset",
                "" + from,
                "Content-Type",
                "application/offset+octet-stream");
    }

    private static HttpResponse<Void> send(String method, URI address, String user, byte[] content, String... headers)
            throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(address)
                    .header("Tus-Resumable", "1.0.0")
                    .header("User", user)
                    .method(method, BodyPublishers.ofByteArray(content));
            if (headers.length > 0) {
                request.headers(headers);
            }
            return http.send(request.build(), BodyHandlers.discarding());
        }
    }
}
