package dev.coatcheck.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.PresignedPut;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult.Stored;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Google documents that its XML API does otherwise than Amazon's, on a stand-in that answers as documented: it was tried on no
 * server of Google's.
 */
class GoogleCloudStorageTest {
    private static final int PART = 5 << 20;

    @RegisterExtension
    final Buckets buckets = new Buckets();

    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private HttpServer google;
    private S3 s3;

    private record Request(String method, String query, Headers headers) {}

    @BeforeEach
    void start() throws IOException {
        google = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        google.createContext("/", this::answer);
        google.start();
        s3 = buckets.attach(
                "http://key:secret@127.0.0.1:" + google.getAddress().getPort() + "/photos",
                S3Settings.defaults().withPartBytes(PART).without(BlobCapability.SOLE_CREATION));
    }

    @AfterEach
    void stop() {
        google.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        var query = String.valueOf(exchange.getRequestURI().getRawQuery());
        var method = exchange.getRequestMethod();
        requests.add(new Request(method, query, exchange.getRequestHeaders()));
        exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        exchange.getResponseHeaders().add("ETag", "\"cee4ef9a5a4b8bf1c3a4bdf46ad4d4a5\"");
        exchange.getResponseHeaders().add("Last-Modified", "Mon, 02 Nov 2026 08:00:00 GMT");
        var body =
                switch (method) {
                    case "POST" ->
                        query.startsWith("uploads")
                                ? "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
                                : "<CompleteMultipartUploadResult><ETag>\"1-2\"</ETag></CompleteMultipartUploadResult>";
                    case "DELETE" ->
                        "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>";
                    case "GET" -> "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
                    default -> "";
                };
        if (method.equals("HEAD")) {
            exchange.getResponseHeaders().add("Content-Length", "5");
        }
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(method.equals("DELETE") ? 404 : 200, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://key:secret@storage.googleapis.com/photos",
                "https://key:secret@Storage.GoogleAPIs.com:443/photos?region=auto",
                "https://key:secret@storage.europe-west3.rep.googleapis.com/photos"
            })
    void it_is_known_by_its_name_and_what_is_to_be_stored_once_is_not_promised(String url) {
        var attached = buckets.attach(url, S3Settings.defaults().without(BlobCapability.ALL_KEYS));
        var presigned = attached.presignedBlobs();
        var put = PresignedPut.of("text/plain", 5);
        var hour = Duration.ofHours(1);

        assertThat(attached.blobs().capabilities())
                .containsExactlyInAnyOrder(BlobCapability.CONSISTENT_READS, BlobCapability.OVERLAPPING_WRITES);
        assertThat(presigned.put("a", put, hour).url().toString()).contains("X-Amz-Signature=");
        assertThatThrownBy(() -> presigned.put("a", put.onlyIfAbsent(), hour))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> presigned.put("a", put.withSha256("0".repeat(64)), hour))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("SHA-256");
    }

    @Test
    void others_are_not_taken_for_it() {
        for (var host :
                new String[] {"storage.googleapis.com.example.org", "mystorage.googleapis.com", "s3.example.org"}) {
            var attached = buckets.attach("https://key:secret@" + host + "/photos", S3Settings.defaults());
            assertThat(attached.blobs().capabilities()).contains(BlobCapability.SOLE_CREATION);
        }
    }

    @Test
    void a_blob_that_was_found_and_is_gone_when_it_is_deleted_may_have_been_deleted_by_this_call_itself() {
        assertThat(s3.blobs().delete("a")).isTrue();

        assertThat(requests).extracting(Request::method).containsExactly("HEAD", "DELETE");
    }

    @Test
    void no_request_has_what_it_does_not_know() throws IOException {
        var blobs = s3.blobs();
        var options = PutOptions.ofType("text/plain").withMetadata(Map.of("a", "b"));
        assertThat(blobs.put("a", new ByteArrayInputStream(new byte[5]), options))
                .isInstanceOf(Stored.class);
        assertThat(blobs.put("b", new ByteArrayInputStream(new byte[PART + 1]), options))
                .isInstanceOf(Stored.class);
        blobs.list("p/", "p/1", 10);

        assertThat(requests).extracting(Request::method).containsExactly("PUT", "POST", "PUT", "PUT", "POST", "GET");
        assertThat(requests.getLast().query()).contains("list-type=2", "start-after=p%2F1");
        assertThat(requests).allSatisfy(request -> {
            var names = request.headers().keySet().stream()
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .collect(Collectors.toSet());
            assertThat(names)
                    .doesNotContain("content-encoding", "transfer-encoding", "x-amz-trailer", "if-none-match")
                    .noneMatch(name -> name.startsWith("x-amz-checksum") || name.startsWith("x-amz-sdk-checksum"))
                    .noneMatch(name -> name.startsWith("x-goog-"));
            // What a proxy of Google's may change on the way is not part of the signature.
            assertThat(request.headers().getFirst("Authorization")).doesNotContain("accept-encoding");
        });
        assertThat(requests)
                .filteredOn(request -> request.method().equals("PUT"))
                .allSatisfy(request -> assertThat(request.headers()).containsKey("Content-MD5"));
    }
}
