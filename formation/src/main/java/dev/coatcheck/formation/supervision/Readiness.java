package dev.coatcheck.formation.supervision;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether an instance is ready for requests: its TCP port accepts a connection, and a path answers as it should. Safe for
 * use by several threads.
 */
public final class Readiness implements AutoCloseable {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(1);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_LIMIT)
            .build();
    private final Optional<String> path;

    /**
     * With a path, that has to answer 2xx; without, {@code /} has to answer anything below 500, as an application that
     * redirects to a login, or has no page there at all, does.
     */
    public Readiness(Optional<String> path) {
        this.path = path;
    }

    /** What is missing, or empty when nothing is. */
    Optional<String> lacking(int tcpPort) throws InterruptedException {
        if (!accepts(tcpPort)) {
            return Optional.of("nothing listens on TCP port " + tcpPort + " (the number is given to it as PORT)");
        }
        String asked = path.orElse("/");
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + tcpPort + asked))
                .timeout(ANSWER_LIMIT)
                .header("User-Agent", "coatcheck-readiness")
                .build();
        try {
            int status = client.send(request, BodyHandlers.discarding()).statusCode();
            boolean ready = path.isPresent() ? status / 100 == 2 : status < 500;
            return ready ? Optional.empty() : Optional.of(asked + " answers " + status);
        } catch (IOException e) {
            return Optional.of(asked + " gives no answer (" + e + ")");
        }
    }

    private static boolean accepts(int tcpPort) {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), tcpPort), (int) CONNECT_LIMIT.toMillis());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
