package dev.coatcheck.formation.router;

import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a request in any case, known since its head was read.
 *
 * @param nanos the moment of {@code at}, as {@link System#nanoTime()} counts
 * @param client the IP address of whoever made the connection
 */
record Arrival(Instant at, long nanos, String client, String requestId) {

    static Arrival of(HttpServerExchange exchange) {
        return new Arrival(
                Instant.now(),
                System.nanoTime(),
                RequestHeaders.clientAddress(exchange),
                RequestIds.from(exchange.getRequestHeaders().getFirst(RequestHeaders.REQUEST_ID)));
    }

    /**
     * What became of it.
     *
     * @param end when its response was out, as {@link System#nanoTime()} counts
     * @param asked the instance that was asked last, if one was
     */
    Access access(
            HttpServerExchange exchange,
            int status,
            long end,
            @Nullable Upstream asked,
            int attempts,
            long received,
            boolean complete) {
        return new Access(
                at,
                exchange.getRequestMethod().toString(),
                RequestTarget.path(exchange),
                status,
                Duration.ofNanos(end - nanos),
                Optional.ofNullable(asked).map(Upstream::instance),
                requestId,
                received,
                exchange.getResponseBytesSent(),
                attempts,
                client,
                exchange.getProtocol().toString(),
                complete);
    }
}
