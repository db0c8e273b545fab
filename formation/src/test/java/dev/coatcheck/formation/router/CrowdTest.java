package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever is slow, or there for long, slows nobody else. A ratio within one run: the machine's own speed is in both. */
@Tag("long")
@Timeout(180)
final class CrowdTest extends RouterTest {
    private static final String UPGRADE =
            "GET /live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    @Test
    void a_thousand_idle_websockets_and_fifty_slow_clients_do_not_slow_the_others() throws Exception {
        Router router = router();
        for (int i = 1; i <= 2; i++) {
            router.add("web." + i, upstream(CrowdTest::serve).address());
        }
        p99(router);
        Duration without = p99(router);
        List<RawClient> sockets = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            sockets.add(client(router).send(UPGRADE));
        }
        for (RawClient socket : sockets) {
            assertThat(socket.read().status()).isEqualTo(101);
        }
        List<RawClient> slow = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            slow.add(client(router).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"));
        }
        try (ScheduledExecutorService dripping = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("dripping").factory())) {
            Future<?> drops =
                    dripping.scheduleAtFixedRate(() -> slow.forEach(CrowdTest::drip), 0, 100, TimeUnit.MILLISECONDS);
            await().until(() -> router.metrics().tunnels() == 1000);

            Duration with = p99(router);

            assertThat(with)
                    .as("p99 with them, and without: %s", without)
                    .isLessThan(without.multipliedBy(2).plusMillis(10));
            assertThat(drops).as("it dripped all the time").isNotDone();
        }
        assertThat(router.metrics().tunnels()).isEqualTo(1000);
    }

    private static void serve(RawUpstream.Request request, RawUpstream.Connection connection) throws IOException {
        if (request.header("Upgrade").isPresent()) {
            connection.writeHead("101 Switching Protocols", "Connection: Upgrade", "Upgrade: websocket");
            connection.readHead();
        } else {
            connection.respond(200, "ok");
        }
    }

    private static void drip(RawClient client) {
        try {
            client.send("x");
        } catch (IOException e) {
            // It was let go, as the time-outs have it.
        }
    }

    private Duration p99(Router router) throws Exception {
        int clients = 8;
        int each = 1000;
        long[] took = new long[clients * each];
        try (ExecutorService running = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> done = new ArrayList<>();
            for (int number = 0; number < clients; number++) {
                int first = number * each;
                RawClient client = client(router);
                done.add(running.submit(() -> {
                    for (int i = first; i < first + each; i++) {
                        long begun = System.nanoTime();
                        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                        assertThat(client.read().status()).isEqualTo(200);
                        took[i] = System.nanoTime() - begun;
                    }
                    return null;
                }));
            }
            for (Future<?> one : done) {
                one.get();
            }
        }
        Arrays.sort(took);
        return Duration.ofNanos(took[took.length * 99 / 100]);
    }
}
