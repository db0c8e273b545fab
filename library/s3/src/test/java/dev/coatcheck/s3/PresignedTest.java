package dev.coatcheck.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Leave that is given ahead, used by a client that knows nothing of S3. */
class PresignedTest {
    private static final Duration HOUR = Duration.ofHours(1);
    /** Of "tweed". */
    private static final String SHA_256 = "331416ededa79df241be9af2cb15d98c6ddafc5334a756bae2c3ca2c3feaaa57";

    @RegisterExtension
    final Buckets buckets = new Buckets();

    private HttpClient browser;
    private Blobs blobs;
    private PresignedBlobs presigned;

    @BeforeEach
    void attach() {
        browser = HttpClient.newHttpClient();
        var s3 = buckets.fresh();
        blobs = s3.blobs();
        // What is written once is so at this store too, though two at the same instant both may be told so.
        presigned = buckets.attach(buckets.url(), S3Settings.defaults()).presignedBlobs();
    }

    @AfterEach
    void close() {
        browser.close();
    }

    @Test
    void a_blob_is_fetched_by_who_has_leave_for_it_and_nothing_else_is() throws Exception {
        store("a", "tweed");
        store("b", "loden");

        var leave = presigned.get("a", HOUR);

        assertThat(send(leave, "").body()).isEqualTo("tweed");
        assertThat(leave.headers()).isEmpty();
        assertThat(leave.expiresAt())
                .isBetween(
                        Instant.now().plus(HOUR).minusSeconds(60), Instant.now().plus(HOUR));
        var range = HttpRequest.newBuilder(leave.url()).header("Range", "bytes=1-2");
        assertThat(browser.send(range.build(), BodyHandlers.ofString()).body()).isEqualTo("we");
        assertRefused(send(at(leave, leave.url().toString().replace("/a?", "/b?")), ""));
        assertRefused(send(new PresignedRequest("PUT", leave.url(), Map.of(), leave.expiresAt()), "mine"));
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
    void a_blob_is_stored_by_who_has_leave_for_its_key_type_and_length() throws Exception {
        var leave = presigned.put("a", PresignedPut.of("text/plain", 5), HOUR);

        assertRefused(send(leave, "tweeds"));
        assertRefused(send(leave, "twee"));
        assertRefused(send(
                new PresignedRequest("PUT", leave.url(), Map.of("Content-Type", "text/html"), leave.expiresAt()),
                "tweed"));
        assertRefused(send(at(leave, leave.url().toString().replace("/a?", "/b?")), "tweed"));
        assertThat(blobs.list("", "", 10)).isEmpty();

        assertThat(send(leave, "tweed").statusCode()).isEqualTo(200);
        var stored = blobs.stat("a").orElseThrow();
        assertThat(stored.size()).isEqualTo(5);
        assertThat(stored.contentType()).isEqualTo("text/plain");
        assertThat(stored.sha256()).isEmpty();
        assertThat(stored.metadata()).isEmpty();
    }

    @Test
    void bytes_that_are_not_those_that_leave_was_given_for_are_refused() throws Exception {
        var leave = presigned.put("a", PresignedPut.of("text/plain", 5).withSha256(SHA_256), HOUR);

        assertThat(send(leave, "loden").statusCode()).isEqualTo(400);
        assertThat(blobs.stat("a")).isEmpty();
        assertThat(send(leave, "tweed").statusCode()).isEqualTo(200);
    }

    @Test
    void what_is_to_be_stored_once_is_stored_once_however_often_leave_is_used() throws Exception {
        var leave = presigned.put("a", PresignedPut.of("text/plain", 5).onlyIfAbsent(), HOUR);

        assertThat(send(leave, "tweed").statusCode()).isEqualTo(200);
        assertThat(send(leave, "loden").statusCode()).isEqualTo(412);

        assertThat(send(presigned.get("a", HOUR), "").body()).isEqualTo("tweed");
    }

    @Test
    void what_cannot_be_signed_is_refused() {
        assertThatThrownBy(() -> presigned.get("../a", HOUR)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> presigned.get("a", Duration.ofMillis(999)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> presigned.get("a", Duration.ofDays(8))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PresignedPut.of("text/plain", -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PresignedPut.of("text/plain", 1).withSha256("AB"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> buckets.fresh()
                        .presignedBlobs()
                        .put("a", PresignedPut.of("text/plain", 1).onlyIfAbsent(), HOUR))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void leave_shows_its_signature_to_nobody_who_prints_it() {
        var leave = presigned.get("photos/a", HOUR);

        assertThat(leave.url().toString()).contains("X-Amz-Signature=");
        assertThat(leave.toString())
                .contains("photos/a")
                .doesNotContain("Signature")
                .doesNotContain("Credential");
    }

    private void store(String key, String content) throws IOException {
        blobs.put(key, new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)), PutOptions.defaults());
    }

    private HttpResponse<String> send(PresignedRequest leave, String body) throws Exception {
        var request = HttpRequest.newBuilder(leave.url())
                .timeout(Duration.ofSeconds(30))
                .method(
                        leave.method(),
                        leave.method().equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
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
