package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * Requests of tus, made by the user ada.
 *
 * @param patience how long one may take
 */
record TusRequests(HttpClient http, URI server, Duration patience) {
    static final String BYTES = "application/offset+octet-stream";

    TusRequests(HttpClient http, URI server) {
        this(http, server, Duration.ofMinutes(4));
    }

    /** @param headers names and values in turn; what is said here goes before what every request says */
    HttpResponse<String> send(String method, String path, BodyPublisher body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(server + path))
                .timeout(patience)
                .header("Tus-Resumable", "1.0.0")
                .header(Films.USER, "ada")
                .method(method, body);
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(method + " " + path + " was not answered", e);
        }
    }

    HttpResponse<String> send(String method, String path, String... headers) {
        return send(method, path, BodyPublishers.noBody(), headers);
    }

    /** Begins an upload that is bound to be allowed, and returns its address. */
    String begin(String... headers) {
        var begun = send("POST", "/uploads", headers);
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(201);
        return header(begun, "Location");
    }

    HttpResponse<String> patch(String address, long offset, BodyPublisher content, String... headers) {
        var all = Stream.concat(Stream.of("Upload-Offset", "" + offset, "Content-Type", BYTES), Stream.of(headers));
        return send("PATCH", address, content, all.toArray(String[]::new));
    }

    HttpResponse<String> patch(String address, long offset, byte[] content, String... headers) {
        return patch(address, offset, BodyPublishers.ofByteArray(content), headers);
    }

    long offset(String address) {
        return Long.parseLong(header(send("HEAD", address), "Upload-Offset"));
    }

    static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
