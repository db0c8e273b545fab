package dev.coatcheck.process.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Serves {@link HealthEndpoints} on a TCP port of its own, for processes without a web server such as workers.
 *
 * <pre>{@code
 * var server = HealthServer.start(config.healthPort(), new HealthEndpoints(health, metrics));
 * lifecycle.onStop(Phase.CLIENTS, "health server", server);
 * }</pre>
 *
 * <p>Close it last, in {@link dev.coatcheck.process.lifecycle.Phase#CLIENTS}, so that it can tell of the drain. Each request
 * has a virtual thread and 10 seconds, after which its connection is cut; beyond 256 at once new ones are cut right away.
 */
public final class HealthServer implements AutoCloseable {
    private static final Duration EXCHANGE_LIMIT = Duration.ofSeconds(10);
    private static final int EXCHANGES_AT_ONCE = 256;
    private static final int BACKLOG = 64;

    private final HttpServer server;
    private final HealthEndpoints endpoints;
    private final Semaphore free = new Semaphore(EXCHANGES_AT_ONCE);
    private final ScheduledExecutorService limits = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("health-server-limits").daemon().factory());

    private HealthServer(HttpServer server, HealthEndpoints endpoints) {
        this.server = server;
        this.endpoints = endpoints;
    }

    /**
     * Listens on the loopback address only: metrics are not for strangers.
     *
     * @param tcpPort 0 for any that is free
     * @throws UncheckedIOException where the TCP port cannot be had
     */
    public static HealthServer start(int tcpPort, HealthEndpoints endpoints) {
        return start("127.0.0.1", tcpPort, endpoints);
    }

    /**
     * Listens on an address that whoever asks from another machine can reach, and nobody else should.
     *
     * @param address the name or number to listen on; {@code 0.0.0.0} for all
     * @param tcpPort 0 for any that is free
     * @throws IllegalArgumentException where there is no such address
     * @throws UncheckedIOException where the TCP port cannot be had
     */
    public static HealthServer start(String address, int tcpPort, HealthEndpoints endpoints) {
        var socket = new InetSocketAddress(address, tcpPort);
        if (socket.isUnresolved()) {
            throw new IllegalArgumentException("There is no address \"" + address + "\" to serve health on");
        }
        try {
            var server = HttpServer.create(socket, BACKLOG);
            var health = new HealthServer(server, endpoints);
            server.setExecutor(health::execute);
            server.createContext("/", health::serve);
            server.start();
            return health;
        } catch (IOException taken) {
            throw new UncheckedIOException("Cannot listen on TCP port " + tcpPort + " to serve health", taken);
        }
    }

    /** The TCP port that it listens on. */
    public int tcpPort() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        limits.shutdownNow();
    }

    /** Runs an exchange, from the reading of its request on. An interrupt makes the channel close the connection. */
    private void execute(Runnable exchange) {
        var thread = Thread.ofVirtual().name("health-server").unstarted(() -> admit(exchange));
        // Not cancelled by an exchange that ends in time: to interrupt a thread that has ended does nothing.
        var unused = limits.schedule(thread::interrupt, EXCHANGE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        thread.start();
    }

    private void admit(Runnable exchange) {
        if (!free.tryAcquire()) {
            Thread.currentThread().interrupt();
            exchange.run();
            return;
        }
        try {
            exchange.run();
        } finally {
            free.release();
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            switch (exchange.getRequestMethod()) {
                case "GET", "HEAD" -> answer(exchange);
                default -> {
                    exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                    exchange.sendResponseHeaders(405, -1);
                }
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        var found = endpoints.answer(exchange.getRequestURI().getPath());
        if (found.isEmpty()) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        var answer = found.get();
        var body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
    }
}
