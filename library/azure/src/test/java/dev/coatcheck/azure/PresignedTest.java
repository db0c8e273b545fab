package dev.coatcheck.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.blobs.BlobDescription;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.PresignedBlobs;
import dev.coatcheck.state.blobs.PresignedPut;
import dev.coatcheck.state.blobs.PresignedRequest;
import dev.coatcheck.state.blobs.PutOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Leave that is given ahead, used by a client that knows nothing of Azure. */
class PresignedTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @RegisterExtension
    final Containers containers = new Containers();

    private HttpClient browser;
    private Blobs blobs;
    private PresignedBlobs presigned;

    @BeforeEach
    void attach() {
        browser = HttpClient.newHttpClient();
        var azure = containers.fresh();
        blobs = azure.blobs();
        presigned = azure.presignedBlobs();
    }

    @AfterEach
    void close() {
        browser.close();
    }

    @Test
    void a_blob_is_fetched_by_who_has_leave_for_it_and_nothing_else_is() throws Exception {
        store("photos/a'(1)!*", "tweed");
        store("photos/b", "loden");

        var leave = presigned.get("photos/a'(1)!*", HOUR);

        assertThat(send(leave, "").body()).isEqualTo("tweed");
        assertThat(leave.headers()).isEmpty();
        assertThat(leave.expiresAt())
                .isBetween(
                        Instant.now().plus(HOUR).minusSeconds(60), Instant.now().plus(HOUR));
        var range = HttpRequest.newBuilder(leave.url()).header("Range", "bytes=1-2");
        assertThat(browser.send(range.build(), BodyHandlers.ofString()).body()).isEqualTo("we");
        assertRefused(send(at(leave, leave.url().toString().replaceFirst("/photos/[^?]*", "/photos/b")), ""));
        assertRefused(send(new PresignedRequest("PUT", leave.url(), blockBlob(), leave.expiresAt()), "mine"));
        assertThat(send(presigned.get("none", HOUR), "").statusCode()).isEqualTo(404);
    }

    @Test
    void leave_expires() throws Exception {
        store("a", "tweed");
        var leave = presigned.get("a", Duration.ofSeconds(2));

        await().atMost(Duration.ofSeconds(30)).until(() -> send(leave, "").statusCode(), status -> status == 403);
        assertThat(Instant.now()).isAfter(leave.expiresAt());
    }

    @Test
    void a_blob_is_stored_by_who_has_leave_for_its_key() throws Exception {
        var leave = presigned.put("a", PresignedPut.of("text/plain", 5), HOUR);

        assertRefused(send(at(leave, leave.url().toString().replace("/a?", "/b?")), "tweed"));
        assertRefused(send(new PresignedRequest("DELETE", leave.url(), Map.of(), leave.expiresAt()), ""));
        assertRefused(send(new PresignedRequest("GET", leave.url(), Map.of(), leave.expiresAt()), ""));
        assertThat(blobs.list("", "", 10)).isEmpty();

        assertThat(send(leave, "tweed").statusCode()).isEqualTo(201);
        var stored = blobs.stat("a").orElseThrow();
        assertThat(stored.size()).isEqualTo(5);
        assertThat(stored.contentType()).isEqualTo("text/plain");
        assertThat(stored.sha256()).isEmpty();
        assertThat(stored.metadata()).isEmpty();
        assertThat(send(leave, "loden").statusCode()).isEqualTo(201);
    }

    @Test
    void what_came_by_leave_is_of_the_type_and_length_and_has_the_sha_256_that_its_sender_says() throws Exception {
        var leave = presigned.put("a", PresignedPut.of("text/plain", 5), HOUR);
        var lie = "0".repeat(64);
        var description = new BlobDescription(Optional.of(lie), Map.of()).toText(1000);
        var headers =
                Map.of("x-ms-blob-type", "BlockBlob", "Content-Type", "text/html", "x-ms-meta-coatcheck", description);

        assertThat(send(new PresignedRequest("PUT", leave.url(), headers, leave.expiresAt()), "tweeds")
                        .statusCode())
                .isEqualTo(201);

        var stored = blobs.stat("a").orElseThrow();
        assertThat(stored.size()).isEqualTo(6);
        assertThat(stored.contentType()).isEqualTo("text/html");
        assertThat(stored.sha256()).contains(lie);
    }

    @Test
    void what_is_to_be_stored_once_is_stored_once_however_often_leave_is_used() throws Exception {
        var leave = presigned.put("a", PresignedPut.of("text/plain", 5).onlyIfAbsent(), HOUR);

        assertThat(send(leave, "tweed").statusCode()).isEqualTo(201);
        assertRefused(send(leave, "loden"));

        assertThat(send(presigned.get("a", HOUR), "").body()).isEqualTo("tweed");
    }

    @Test
    void what_cannot_be_signed_is_refused() {
        assertThatThrownBy(() -> presigned.get("../a", HOUR)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> presigned.get("a", Duration.ofMillis(999)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> presigned.get("a", Duration.ofDays(8))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        presigned.put("a", PresignedPut.of("text/plain", 1).withSha256("0".repeat(64)), HOUR))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("SHA-256");
    }

    @Test
    void leave_shows_its_signature_to_nobody_who_prints_it() {
        var leave = presigned.get("photos/a", HOUR);

        assertThat(leave.url().toString()).contains("sig=");
        assertThat(leave.toString()).contains("photos/a").doesNotContain("sig=");
    }

    private static Map<String, String> blockBlob() {
        return Map.of("x-ms-blob-type", "BlockBlob");
    }

    private void store(String key, String content) throws IOException {
        blobs.put(key, new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)), PutOptions.defaults());
    }

    private HttpResponse<String> send(PresignedRequest leave, String body) throws Exception {
        var request = HttpRequest.newBuilder(leave.url())
                .timeout(Duration.ofSeconds(30))
                .method(
                        leave.method(),
                        leave.method().equals("PUT") ? BodyPublishers.ofString(body) : BodyPublishers.noBody());
        leave.headers().forEach(request::header);
        return browser.send(request.build(), BodyHandlers.ofString());
    }

    private static PresignedRequest at(PresignedRequest leave, String url) {
        return new PresignedRequest(leave.method(), URI.create(url), leave.headers(), leave.expiresAt());
    }

    private static void assertRefused(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(403);
    }
}
