package dev.coatcheck.acceptance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One person's client: keeps the cookie, and speaks to whatever address it is told. */
final class Visitor implements AutoCloseable {
    private static final String BOUNDARY = "photo-boundary-7d1f";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final CookieManager cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .cookieHandler(cookies)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    HttpResponse<byte[]> get(URI address, String path) throws IOException, InterruptedException {
        return client.send(request(address, path).GET().build(), BodyHandlers.ofByteArray());
    }

    CompletableFuture<HttpResponse<byte[]>> ask(URI address, String path) {
        return client.sendAsync(request(address, path).GET().build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> post(URI address, String path, String json) throws IOException, InterruptedException {
        var request = request(address, path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
        return client.send(request, BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> send(String method, URI address, String path, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        var request =
                request(address, path).headers(headers).method(method, body).build();
        return client.send(request, BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> upload(URI address, byte[] photo) throws IOException, InterruptedException {
        return upload(address, BodyPublishers.ofByteArray(form(photo)));
    }

    /** As from a phone with a bad connection: the photo takes a second and a half. */
    HttpResponse<byte[]> uploadSlowly(URI address, byte[] photo) throws IOException, InterruptedException {
        var form = form(photo);
        var slow = BodyPublishers.ofInputStream(() -> new SlowInput(form));
        return upload(address, BodyPublishers.fromPublisher(slow, form.length));
    }

    private HttpResponse<byte[]> upload(URI address, BodyPublisher form) throws IOException, InterruptedException {
        var request = request(address, "/photos")
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(form)
                .build();
        return client.send(request, BodyHandlers.ofByteArray());
    }

    private static byte[] form(byte[] photo) {
        var body = new ByteArrayOutputStream();
        body.writeBytes(("--" + BOUNDARY
                        + "\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"holiday.jpg\"\r\n"
                        + "Content-Type: image/jpeg\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(photo);
        body.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        return body.toByteArray();
    }

    /** Without waiting for what is under way. */
    @Override
    public void close() {
        client.shutdownNow();
    }

    static JsonNode json(HttpResponse<byte[]> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    private static HttpRequest.Builder request(URI address, String path) {
        return HttpRequest.newBuilder(address.resolve(path)).timeout(LIMIT);
    }
}
