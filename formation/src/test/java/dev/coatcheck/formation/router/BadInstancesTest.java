package dev.coatcheck.formation.router;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Instances that fail in every way and at any moment, under load. */
final class BadInstancesTest extends RouterTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";

    private static void failOrAnswer(RawUpstream.Connection connection) throws IOException {
        switch (ThreadLocalRandom.current().nextInt(8)) {
            case 0 -> {
                connection.write(HEAD);
                connection.reset();
            }
            case 1 -> {
                connection.write(HEAD);
                connection.close();
            }
            case 2 -> connection.reset();
            case 3 -> connection.close();
            case 4 -> {
                connection.write(HEAD);
                connection.write("ok");
            }
            case 5 -> {
                connection.write(HEAD + "ok");
                connection.reset();
            }
            default -> connection.write(HEAD + "ok");
        }
    }

    @Test
    void an_idempotent_request_is_answered_unless_its_response_breaks_off_after_it_has_begun() throws Exception {
        Router router = router();
        for (int i = 1; i <= 3; i++) {
            router.add(
                    "web." + i,
                    upstream((request, connection) -> failOrAnswer(connection)).address());
        }

        List<Future<Integer>> clients = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 6; i++) {
                clients.add(threads.submit(() -> ask(router, 150)));
            }
        }

        int whole = 0;
        for (Future<Integer> client : clients) {
            whole += client.get();
        }
        assertThat(whole).isGreaterThan(600);
    }

    private int ask(Router router, int times) throws IOException {
        int whole = 0;
        RawClient client = client(router);
        for (int i = 0; i < times; i++) {
            client.send(
                    i % 4 == 0
                            ? "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
                            : "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            String head = requireNonNull(Http.readHead(client.in), "no response");
            if (i % 4 == 0 && head.startsWith("HTTP/1.1 502")) {
                // Its instance had begun to answer, so that the effect of a second time might be another one.
                Http.readBody(client.in, head, true);
                continue;
            }
            assertThat(head).startsWith("HTTP/1.1 200").doesNotContain("close");
            try {
                assertThat(new String(Http.readBody(client.in, head, true), StandardCharsets.UTF_8))
                        .isEqualTo("ok");
                whole++;
            } catch (IOException e) {
                client = client(router);
            }
        }
        return whole;
    }
}
