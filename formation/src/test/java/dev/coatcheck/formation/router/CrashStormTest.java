package dev.coatcheck.formation.router;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real processes behind the router, killed with SIGKILL and replaced, under a steady load. */
@Timeout(120)
final class CrashStormTest extends RouterTest {
    private static final int INSTANCES = 3;
    private static final int CLIENTS = 6;

    /** The program of the instances. Prints its TCP port and serves until it is killed. */
    static final class Instance {
        private Instance() {}

        public static void main(String[] arguments) throws IOException {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
            server.createContext("/", exchange -> {
                byte[] body = exchange.getRequestBody().readAllBytes();
                byte[] answer = ("answer to " + exchange.getRequestURI().getPath() + " "
                                + new String(body, StandardCharsets.UTF_8))
                        .getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            System.out.println(server.getAddress().getPort());
        }
    }

    /** An instance that takes itself out of rotation when its process ends. */
    private record Running(Process process, CompletableFuture<Void> removal) {}

    private final AtomicInteger started = new AtomicInteger();
    private final Set<Process> alive = ConcurrentHashMap.newKeySet();

    private Running start(Router router) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-Xmx32m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Instance.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        alive.add(process);
        BufferedReader output = process.inputReader();
        int port = Integer.parseInt(output.readLine());
        Upstream upstream = router.add(
                "web." + started.incrementAndGet(), new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new Running(process, process.onExit().thenRun(upstream::remove));
    }

    @Test
    void no_idempotent_request_fails_while_instances_are_killed_and_replaced() throws Exception {
        Router router = router();
        List<Running> running = new ArrayList<>();
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < INSTANCES; i++) {
                running.add(start(router));
            }
            List<Future<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                clients.add(threads.submit(() -> ask(router, number, stop)));
            }
            try {
                for (int kill = 0; kill < 6; kill++) {
                    Running victim = running.removeFirst();
                    if (kill % 3 == 2) {
                        // Nothing is left for a moment: requests wait.
                        running.forEach(other -> other.process().destroyForcibly());
                        running.clear();
                    }
                    victim.process().destroyForcibly();
                    victim.removal().get();
                    while (running.size() < INSTANCES) {
                        running.add(start(router));
                    }
                }
            } finally {
                stop.set(true);
            }

            int served = 0;
            for (Future<Integer> client : clients) {
                served += client.get();
            }
            assertThat(served).isGreaterThan(100);
            assertThat(accesses.stream().filter(access -> access.attempts() > 1))
                    .isNotEmpty();
        } finally {
            stop.set(true);
            alive.forEach(Process::destroyForcibly);
        }
    }

    /**
     * Asks on one connection until told to stop, and fails with the first answer that is not the right one. Only an
     * answer that has begun may end early, because its instance was killed within it.
     */
    private int ask(Router router, int number, AtomicBoolean stop) throws Exception {
        int served = 0;
        RawClient client = client(router);
        while (!stop.get()) {
            String path = "/" + number + "/" + served;
            boolean put = served % 4 == 0;
            String request = put
                    ? "PUT " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
                    : "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
            String head = requireNonNull(Http.readHead(client.send(request).in), "no response to " + path);
            assertThat(head).startsWith("HTTP/1.1 200");
            try {
                assertThat(new String(Http.readBody(client.in, head, true), StandardCharsets.UTF_8))
                        .isEqualTo("answer to " + path + " " + (put ? "body" : ""));
                served++;
            } catch (IOException e) {
                client = client(router);
            }
        }
        return served;
    }
}
