package dev.coatcheck.guides;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.azure.Azure;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.s3.S3;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.PresignedBlobs;
import dev.coatcheck.state.blobs.PresignedPut;
import dev.coatcheck.state.blobs.PresignedRequest;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult.ChecksumMismatch;
import dev.coatcheck.state.blobs.PutResult.Exists;
import dev.coatcheck.state.blobs.PutResult.Stored;
import dev.coatcheck.state.blobs.PutResult.TooLarge;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import dev.coatcheck.state.blobs.ReadResult.Missing;
import dev.coatcheck.state.blobs.ReadResult.NotModified;
import dev.coatcheck.state.blobs.ReadResult.OutOfRange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The samples of {@code docs/blobs.md}, on PostgreSQL and on the object store of {@code coatcheck up}. */
class BlobsGuideTest {
    private static final String TYPE = "text/plain";

    /** What the samples do, on any store. */
    private static final class Photos {
        private final Blobs blobs;
        private final Map<String, Optional<String>> remembered = new HashMap<>();

        Photos(Blobs blobs) {
            this.blobs = blobs;
        }

        int store(String id, InputStream upload) throws IOException {
            var options = PutOptions.ofType("image/jpeg").withMaxBytes(20 << 20).onlyIfAbsent();
            return switch (blobs.put("photos/" + id, upload, options)) {
                case Stored(var blob) -> {
                    remember(id, blob.sha256());
                    yield 201;
                }
                case TooLarge(var maxBytes) -> 413;
                case ChecksumMismatch mismatch -> 400;
                case Exists exists -> 409;
            };
        }

        int serve(String id, String etag, OutputStream response) throws IOException {
            return switch (blobs.read("photos/" + id, ReadOptions.whole().ifNoneMatch(etag))) {
                case Found found -> {
                    try (found) {
                        found.content().transferTo(response);
                        yield 200;
                    }
                }
                case NotModified same -> 304;
                case Missing missing -> 404;
                case OutOfRange beyond -> 416;
            };
        }

        private void remember(String id, Optional<String> sha256) {
            remembered.put(id, sha256);
        }
    }

    @Test
    void a_photo_is_stored_once_and_served_from_either_store() throws IOException {
        try (var postgres = Postgres.attach(SharedServers.freshPostgresUrl());
                var s3 = attach(environment())) {
            for (var blobs : new Blobs[] {postgres.blobs(), s3.blobs()}) {
                var photos = new Photos(blobs);
                assertThat(photos.store("42", content("tweed"))).isEqualTo(201);
                assertThat(photos.remembered.get("42")).isPresent();
                assertThat(photos.store("42", content("loden"))).isEqualTo(409);
                assertThat(photos.store("43", InputStream.nullInputStream())).isEqualTo(201);
                assertThat(photos.store("44", new ByteArrayInputStream(new byte[(20 << 20) + 1])))
                        .isEqualTo(413);

                var response = new ByteArrayOutputStream();
                assertThat(photos.serve("42", "", response)).isEqualTo(200);
                assertThat(response.toString(StandardCharsets.UTF_8)).isEqualTo("tweed");
                var etag = blobs.stat("photos/42").orElseThrow().etag();
                assertThat(photos.serve("42", etag, response)).isEqualTo(304);
                assertThat(photos.serve("none", "", response)).isEqualTo(404);
            }
        }
    }

    private S3 attach(Map<String, String> environment) {
        var s3 = S3.attach(environment);
        return s3;
    }

    private Azure attachAzure(Map<String, String> environment) {
        var azure = Azure.attach(environment);
        return azure;
    }

    @Test
    void a_container_is_attached_by_what_azures_own_programs_read() {
        var environment = Map.of(
                "AZURE_STORAGE_CONNECTION_STRING", "AccountName=ada1;AccountKey=a2V5",
                "AZURE_STORAGE_CONTAINER", "photos");
        try (var azure = attachAzure(environment)) {
            assertThat(azure).hasToString("azure at ada1.blob.core.windows.net/photos");
        }
    }

    private PresignedRequest leave(PresignedBlobs presigned, String id, long size) {
        var leave = presigned.put("photos/" + id, PresignedPut.of(TYPE, size).onlyIfAbsent(), Duration.ofMinutes(15));
        return leave;
    }

    @Test
    void a_browser_stores_and_fetches_directly_with_leave() throws Exception {
        try (var s3 = attach(environment());
                var browser = HttpClient.newHttpClient()) {
            var leave = leave(s3.presignedBlobs(), "42", 5);
            var put = HttpRequest.newBuilder(leave.url()).PUT(BodyPublishers.ofString("tweed"));
            leave.headers().forEach(put::header);
            assertThat(browser.send(put.build(), BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);

            var fetch = s3.presignedBlobs().get("photos/42", Duration.ofMinutes(15));
            assertThat(browser.send(HttpRequest.newBuilder(fetch.url()).build(), BodyHandlers.ofString())
                            .body())
                    .isEqualTo("tweed");
            assertThat(s3.blobs().stat("photos/42").orElseThrow().contentType()).isEqualTo(TYPE);
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

    private static InputStream content(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
