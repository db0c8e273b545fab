package dev.coatcheck.servlet;

import dev.coatcheck.state.sessions.SessionId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A browser as far as cookies go: keeps what it is given, and sends it to whichever instance it talks to. */
final class Visitor {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    final Map<String, String> cookies = new LinkedHashMap<>();

    /** Another who has the same cookies, for now. */
    Visitor copy() {
        var copy = new Visitor();
        copy.cookies.putAll(cookies);
        return copy;
    }

    /** The session that the cookie names, over plain HTTP. */
    Optional<SessionId> sessionId() {
        return SessionId.parse(cookies.getOrDefault("session", ""));
    }

    HttpResponse<String> get(WebServer server, String path, String... headers) {
        return send("GET", server, path, headers);
    }

    HttpResponse<String> send(String method, WebServer server, String path, String... headers) {
        return send(method, server, path, HttpResponse.BodyHandlers.ofString(), headers);
    }

    <T> HttpResponse<T> send(
            String method, WebServer server, String path, HttpResponse.BodyHandler<T> body, String... headers) {
        var request = HttpRequest.newBuilder(server.uri().resolve(path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(20));
        if (!cookies.isEmpty()) {
            request.header("Cookie", cookieHeader());
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            var response = CLIENT.send(request.build(), body);
            response.headers().allValues("Set-Cookie").forEach(this::keep);
            return response;
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<String> follow(WebServer server, HttpResponse<?> redirect) {
        var location = URI.create(redirect.headers().firstValue("Location").orElseThrow());
        return get(server, location.getPath());
    }

    private String cookieHeader() {
        return cookies.entrySet().stream()
                .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                .collect(Collectors.joining("; "));
    }

    private void keep(String line) {
        var parts = line.split(";", 2);
        var pair = parts[0].split("=", 2);
        if (parts[1].contains("Max-Age=0")) {
            cookies.remove(pair[0]);
        } else {
            cookies.put(pair[0], pair[1]);
        }
    }
}
