package dev.coatcheck.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** Instances of an application, and a browser that goes from one to the other with its cookies. */
final class Instances implements AutoCloseable {
    private static final List<String> USUAL =
            List.of("--server.port=0", "--spring.main.banner-mode=off", "--logging.level.root=warn");

    private final Class<?> application;
    private final List<ServletWebServerApplicationContext> started = new ArrayList<>();
    private final CookieManager cookies = new CookieManager();
    private final HttpClient browser = HttpClient.newBuilder()
            .cookieHandler(cookies)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    Instances(Class<?> application) {
        this.application = application;
    }

    ServletWebServerApplicationContext start(String... arguments) {
        var all = new ArrayList<>(USUAL);
        all.addAll(List.of(arguments));
        var instance =
                (ServletWebServerApplicationContext) new SpringApplication(application).run(all.toArray(String[]::new));
        started.add(instance);
        return instance;
    }

    /** What opens the browser's session. */
    String sessionCookie() {
        return cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals("session"))
                .map(HttpCookie::getValue)
                .findFirst()
                .orElseThrow();
    }

    String get(ServletWebServerApplicationContext instance, String path) throws IOException, InterruptedException {
        return send(instance, path, "GET", Map.of()).body();
    }

    HttpResponse<String> post(ServletWebServerApplicationContext instance, String path)
            throws IOException, InterruptedException {
        HttpResponse<String> response = send(instance, path, "POST", Map.of());
        assertThat(response.statusCode()).isLessThan(400);
        return response;
    }

    /** @param form what is sent as one, where it is not empty */
    HttpResponse<String> send(
            ServletWebServerApplicationContext instance, String path, String method, Map<String, String> form)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:"
                + Objects.requireNonNull(instance.getWebServer()).getPort() + path);
        var body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        var request = HttpRequest.newBuilder(uri)
                .method(method, form.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .timeout(Duration.ofSeconds(20));
        if (!form.isEmpty()) {
            request.header("Content-Type", "application/x-www-form-urlencoded");
        }
        return browser.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        started.forEach(ServletWebServerApplicationContext::close);
        browser.close();
    }
}
