package dev.coatcheck.gallery;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody with a cookie jar, who talks to any instance. */
final class Visitor {
    static final String PASSWORD = "correct horse battery";

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    final Map<String, String> cookies = new LinkedHashMap<>();
    final String email;

    Visitor() {
        this("visitor-" + UUID.randomUUID() + "@example.org");
    }

    private Visitor(String email) {
        this.email = email;
    }

    /** An answer whose body is JSON, or nothing, or bytes. */
    record Answer(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        byte[] body() {
            return response.body();
        }

        JsonNode json() {
            return JsonMapper.shared().readTree(body());
        }

        String text() {
            return new String(body(), StandardCharsets.UTF_8);
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        String error() {
            return json().path("error").asString("");
        }
    }

    static String credentials(String email, String password) {
        return JsonMapper.shared().writeValueAsString(Map.of("email", email, "password", password));
    }

    /** The cookie that carries the session, or nothing. */
    String session() {
        return cookies.getOrDefault("session", "");
    }

    Answer register(URI instance) {
        return post(instance, "/register", credentials(email, PASSWORD));
    }

    Answer logIn(URI instance) {
        return post(instance, "/login", credentials(email, PASSWORD));
    }

    /** Registered and logged in. */
    static Visitor loggedIn(URI instance) {
        var visitor = new Visitor();
        visitor.register(instance);
        var answer = visitor.logIn(instance);
        if (answer.status() != 200) {
            throw new AssertionError("could not log in: " + answer.status() + " " + answer.text());
        }
        return visitor;
    }

    /** The same person, logged in once more. */
    Visitor onAnotherDevice(URI instance) {
        var device = new Visitor(email);
        device.logIn(instance);
        return device;
    }

    Answer get(URI instance, String path, String... headers) {
        return send("GET", instance, path, BodyPublishers.noBody(), headers);
    }

    Answer post(URI instance, String path, String body, String... headers) {
        return send("POST", instance, path, BodyPublishers.ofString(body), headers);
    }

    Answer upload(URI instance, byte[] photo, String... headers) {
        return upload(instance, "photo", "photo.jpg", photo, headers);
    }

    Answer upload(URI instance, String field, String fileName, byte[] photo, String... headers) {
        var boundary = "----" + UUID.randomUUID();
        var type = Stream.of("Content-Type", "multipart/form-data; boundary=" + boundary);
        return send(
                "POST",
                instance,
                "/photos",
                BodyPublishers.ofByteArray(form(boundary, field, fileName, photo)),
                Stream.concat(type, Stream.of(headers)).toArray(String[]::new));
    }

    static byte[] form(String boundary, String field, String fileName, byte[] file) {
        var form = new ByteArrayOutputStream();
        form.writeBytes(("--" + boundary
                        + "\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nnever mind\r\n--" + boundary
                        + "\r\nContent-Disposition: form-data; name=\"" + field + "\"; filename=\"" + fileName
                        + "\"\r\nContent-Type: image/jpeg\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        form.writeBytes(file);
        form.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return form.toByteArray();
    }

    /** Who they are, as each request says. */
    String cookieHeader() {
        return cookies.entrySet().stream()
                .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                .collect(Collectors.joining("; "));
    }

    private HttpRequest.Builder request(URI instance, String path) {
        var request = HttpRequest.newBuilder(URI.create(instance + path)).timeout(Duration.ofSeconds(30));
        return cookies.isEmpty() ? request : request.header("Cookie", cookieHeader());
    }

    Answer send(String method, URI instance, String path, HttpRequest.BodyPublisher body, String... headers) {
        var request = request(instance, path).method(method, body);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            var response = CLIENT.send(request.build(), BodyHandlers.ofByteArray());
            response.headers().allValues("Set-Cookie").forEach(this::keep);
            return new Answer(response);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + " failed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The lines of an answer as they come, up to one that is the last. */
    List<String> lines(URI instance, String path, Predicate<String> last) {
        var request = request(instance, path).GET().build();
        try (var body = CLIENT.send(request, BodyHandlers.ofInputStream()).body();
                var reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            var lines = new ArrayList<String>();
            do {
                lines.add(reader.readLine());
            } while (lines.getLast() != null && !last.test(lines.getLast()));
            return lines;
        } catch (IOException e) {
            throw new AssertionError(path + " failed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
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

    /** Uploads a photo and waits until it is no longer being processed. */
    JsonNode develop(URI instance, byte[] photo) {
        var uploaded = upload(instance, photo);
        if (uploaded.status() != 201) {
            throw new AssertionError("could not upload: " + uploaded.status() + " " + uploaded.text());
        }
        var path = "/photos/" + uploaded.json().path("id").asString();
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> get(instance, path).json(),
                        view -> !view.path("status").asString().equals("processing"));
    }
}
