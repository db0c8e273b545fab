package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.blobs.GeneratedStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Films that are larger than the heap of the instance that takes and shows them. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class LargeUploadTest {
    private static final int HEAP_MEBIBYTES = 64;
    private static final long MEBIBYTE = 1 << 20;
    private static final Duration LONGEST = Duration.ofMinutes(9);

    @ParameterizedTest
    @EnumSource(Kept.class)
    void a_film_that_is_larger_than_the_heap_passes_through_it_and_back(Kept where) throws Exception {
        passThroughSmallHeap(where, 96 * MEBIBYTE);
    }

    @ParameterizedTest
    @EnumSource(Kept.class)
    @Tag("long")
    void a_film_of_a_gibibyte_passes_through_a_heap_of_64_MiB_and_back(Kept where) throws Exception {
        passThroughSmallHeap(where, 1024 * MEBIBYTE);
    }

    private static void passThroughSmallHeap(Kept where, long size) throws Exception {
        var url = where.freshUrl();
        try (var instance = TusInstance.startWithHeap(HEAP_MEBIBYTES, where, url);
                var http = HttpClient.newHttpClient()) {
            var tus = new TusRequests(http, URI.create("http://127.0.0.1:" + TusInstance.tcpPort(instance)), LONGEST);
            var address = tus.begin("Upload-Length", "" + size);
            var content = new DigestInputStream(new GeneratedStream(7, size), MessageDigest.getInstance("SHA-256"));

            var sent = tus.patch(
                    address, 0, BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> content), size));

            assertThat(sent.statusCode()).as(sent.body()).isEqualTo(204);
            var sha256 = HexFormat.of().formatHex(content.getMessageDigest().digest());
            var film = "/" + TusRequests.header(sent, Films.FILM);
            assertThat(sha256OfFilm(tus, film)).isEqualTo(sha256);
        }
    }

    private static String sha256OfFilm(TusRequests tus, String film) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(tus.server() + film))
                .timeout(LONGEST)
                .build();
        try (var content =
                tus.http().send(request, BodyHandlers.ofInputStream()).body()) {
            return GeneratedStream.sha256(content);
        }
    }
}
