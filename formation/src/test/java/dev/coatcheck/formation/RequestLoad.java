package dev.coatcheck.formation;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Requests at a steady rate over connections that are kept, each of them counted. */
final class RequestLoad implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("load").daemon().factory());
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger begun = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final HttpRequest request;

    private RequestLoad(int tcpPort, String method, String path) {
        request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + tcpPort + path))
                .timeout(LIMIT)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
    }

    /** A hundred requests a second for the front page. */
    static RequestLoad on(int tcpPort) {
        return on(tcpPort, "GET", "/", 100);
    }

    static RequestLoad on(int tcpPort, String method, String path, int perSecond) {
        RequestLoad load = new RequestLoad(tcpPort, method, path);
        var _ = load.clock.scheduleAtFixedRate(load::ask, 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
        return load;
    }

    int answered() {
        return answered.get();
    }

    /** What was answered otherwise than 200, or not at all. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    void awaitMore(int requests) {
        int before = answered.get();
        await().atMost(LIMIT).until(() -> answered.get() >= before + requests || !failures.isEmpty());
    }

    /** Ends the load and waits until every request that was begun is answered or has failed. */
    void finish() {
        clock.shutdown();
        await().atMost(LIMIT.plusSeconds(5)).until(() -> answered.get() + failures.size() >= begun.get());
    }

    @Override
    public void close() {
        clock.shutdownNow();
        client.shutdownNow();
    }

    private void ask() {
        if (begun.get() - answered.get() - failures.size() >= 1_000) {
            return; // as many as a router lets wait: more would fail for want of a place
        }
        begun.incrementAndGet();
        var _ = client.sendAsync(request, BodyHandlers.ofString()).whenComplete((response, failure) -> {
            if (failure != null) {
                failures.add(String.valueOf(failure));
            } else if (response.statusCode() != 200) {
                failures.add(describe(response));
            } else {
                answered.incrementAndGet();
            }
        });
    }

    private static String describe(HttpResponse<String> response) {
        return response.statusCode() + " " + response.headers().map() + " " + response.body();
    }
}
