package dev.coatcheck.formation.router;

import java.time.Duration;
import java.util.Optional;

/**
 * How a {@link Router} listens, waits and limits. Immutable; every wait and every size has a default.
 *
 * <pre>{@code
 * RouterSettings settings = RouterSettings.defaults()
 *         .withPort(8080)
 *         .withHold(new RouterSettings.Hold(200, Duration.ofSeconds(10)));
 * }</pre>
 *
 * @param host the address to listen on; {@code 127.0.0.1} by default
 * @param port the TCP port to listen on; 0 takes any free one
 * @param tls what to speak TLS with; empty for plain HTTP. With it, HTTP/2 is spoken to whoever prefers it
 * @param hold what happens while no instance is ready
 * @param timeouts how long the router waits for whom
 * @param limits what clients may ask for
 * @param pace how slow clients may be
 * @param instanceHeader whether responses name the instance that made them, in {@code X-Coatcheck-Instance}
 * @param trustForwarded whether {@code X-Forwarded-*} from clients are believed, because another proxy stands in front
 * @param ioThreads how many threads move the bytes
 */
public record RouterSettings(
        String host,
        int port,
        Optional<TlsFiles> tls,
        Hold hold,
        Timeouts timeouts,
        Limits limits,
        Pace pace,
        boolean instanceHeader,
        boolean trustForwarded,
        int ioThreads) {

    public RouterSettings {
        require(!host.isBlank(), "the host to listen on is empty");
        require(port >= 0 && port <= 65535, "the TCP port must be 0 (any free one) to 65535, but is " + port);
        require(ioThreads > 0, "the router needs at least one I/O thread, not " + ioThreads);
    }

    public static RouterSettings defaults() {
        return new RouterSettings(
                "127.0.0.1",
                0,
                Optional.empty(),
                new Hold(1000, Duration.ofSeconds(30)),
                Timeouts.defaults(),
                Limits.defaults(),
                Pace.defaults(),
                true,
                false,
                Math.max(2, Runtime.getRuntime().availableProcessors()));
    }

    public RouterSettings withHost(String newHost) {
        return new RouterSettings(
                newHost, port, tls, hold, timeouts, limits, pace, instanceHeader, trustForwarded, ioThreads);
    }

    public RouterSettings withPort(int newPort) {
        return new RouterSettings(
                host, newPort, tls, hold, timeouts, limits, pace, instanceHeader, trustForwarded, ioThreads);
    }

    public RouterSettings withTls(TlsFiles files) {
        return new RouterSettings(
                host,
                port,
                Optional.of(files),
                hold,
                timeouts,
                limits,
                pace,
                instanceHeader,
                trustForwarded,
                ioThreads);
    }

    public RouterSettings withHold(Hold newHold) {
        return new RouterSettings(
                host, port, tls, newHold, timeouts, limits, pace, instanceHeader, trustForwarded, ioThreads);
    }

    public RouterSettings withTimeouts(Timeouts newTimeouts) {
        return new RouterSettings(
                host, port, tls, hold, newTimeouts, limits, pace, instanceHeader, trustForwarded, ioThreads);
    }

    public RouterSettings withLimits(Limits newLimits) {
        return new RouterSettings(
                host, port, tls, hold, timeouts, newLimits, pace, instanceHeader, trustForwarded, ioThreads);
    }

    public RouterSettings withPace(Pace newPace) {
        return new RouterSettings(
                host, port, tls, hold, timeouts, limits, newPace, instanceHeader, trustForwarded, ioThreads);
    }

    public RouterSettings withInstanceHeader(boolean shown) {
        return new RouterSettings(host, port, tls, hold, timeouts, limits, pace, shown, trustForwarded, ioThreads);
    }

    public RouterSettings withTrustForwarded(boolean trusted) {
        return new RouterSettings(host, port, tls, hold, timeouts, limits, pace, instanceHeader, trusted, ioThreads);
    }

    public RouterSettings withIoThreads(int threads) {
        return new RouterSettings(
                host, port, tls, hold, timeouts, limits, pace, instanceHeader, trustForwarded, threads);
    }

    /**
     * What happens to a request that no instance can take.
     *
     * @param requests how many may wait at once; more are answered 503 at once
     * @param age how long one may wait, or be tried on one instance after another, before it is answered
     */
    public record Hold(int requests, Duration age) {
        public Hold {
            require(requests >= 0, "the number of requests to hold must not be negative, but is " + requests);
            requirePositive(age, "age of a held request");
        }
    }

    /**
     * How long the router waits. Time-outs are looked at ten times a second, so each may be a tenth longer.
     *
     * @param connect for an instance to accept a connection
     * @param response from the last byte of a request until the first of its response
     * @param stream without a byte in either direction, once a response or a tunnel has begun
     * @param requestHead for a client to send the whole head of a request, from its first byte
     * @param requestBody for a client to send the next byte of a body
     * @param keepAlive for a client to begin the next request on its connection
     * @param upstreamKeepAlive an unused connection to an instance is closed after this; it has to be shorter than the
     *     application's own time-out, which is 5 s in Node
     * @param quarantine an instance that refused a connection, or failed three requests in a row before it answered, is
     *     asked last for this long; twice as long each time it relapses, up to a minute
     * @param drain for requests in flight when the router is closed
     */
    public record Timeouts(
            Duration connect,
            Duration response,
            Duration stream,
            Duration requestHead,
            Duration requestBody,
            Duration keepAlive,
            Duration upstreamKeepAlive,
            Duration quarantine,
            Duration drain) {

        public Timeouts {
            requirePositive(connect, "connect time-out");
            requirePositive(response, "response time-out");
            requirePositive(stream, "stream time-out");
            requirePositive(requestHead, "request head time-out");
            requirePositive(requestBody, "request body time-out");
            requirePositive(keepAlive, "keep-alive time-out");
            requirePositive(upstreamKeepAlive, "upstream keep-alive time-out");
            requirePositive(quarantine, "quarantine");
            require(!drain.isNegative(), "the drain time must not be negative, but is " + drain);
        }

        public static Timeouts defaults() {
            return new Timeouts(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(75),
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(30));
        }

        public Timeouts withConnect(Duration limit) {
            return new Timeouts(
                    limit, response, stream, requestHead, requestBody, keepAlive, upstreamKeepAlive, quarantine, drain);
        }

        public Timeouts withResponse(Duration limit) {
            return new Timeouts(
                    connect, limit, stream, requestHead, requestBody, keepAlive, upstreamKeepAlive, quarantine, drain);
        }

        public Timeouts withStream(Duration limit) {
            return new Timeouts(
                    connect,
                    response,
                    limit,
                    requestHead,
                    requestBody,
                    keepAlive,
                    upstreamKeepAlive,
                    quarantine,
                    drain);
        }

        public Timeouts withRequestHead(Duration limit) {
            return new Timeouts(
                    connect, response, stream, limit, requestBody, keepAlive, upstreamKeepAlive, quarantine, drain);
        }

        public Timeouts withRequestBody(Duration limit) {
            return new Timeouts(
                    connect, response, stream, requestHead, limit, keepAlive, upstreamKeepAlive, quarantine, drain);
        }

        public Timeouts withKeepAlive(Duration limit) {
            return new Timeouts(
                    connect, response, stream, requestHead, requestBody, limit, upstreamKeepAlive, quarantine, drain);
        }

        public Timeouts withUpstreamKeepAlive(Duration limit) {
            return new Timeouts(
                    connect, response, stream, requestHead, requestBody, keepAlive, limit, quarantine, drain);
        }

        public Timeouts withQuarantine(Duration limit) {
            return new Timeouts(
                    connect, response, stream, requestHead, requestBody, keepAlive, upstreamKeepAlive, limit, drain);
        }

        public Timeouts withDrain(Duration limit) {
            return new Timeouts(
                    connect,
                    response,
                    stream,
                    requestHead,
                    requestBody,
                    keepAlive,
                    upstreamKeepAlive,
                    quarantine,
                    limit);
        }
    }

    /**
     * What clients may ask for.
     *
     * @param bodyBytes the largest request body; more is answered 413
     * @param headBytes the largest head of a request; more is answered 431, or 414 where the target alone is too long. Over
     *     HTTP/2 20,000 bytes at most, which is as much as Undertow takes; more ends the connection
     * @param headerFields the most header fields of a request; more are answered 431
     * @param connections the most client connections at once; further ones wait in the kernel's queue
     * @param connectionsPerAddress the most connections at once from one IP address (of IPv6, from one network of 64 bits);
     *     further ones are closed. Clients on this machine are not counted, and nobody is where {@code X-Forwarded-*} are
     *     believed, because all connections come from the proxy in front then. It is as much as one address may take from
     *     all others, so it has to be smaller than {@code connections} to be of use
     * @param requests the most requests and WebSockets at once, those that are held among them; more are answered 503 with
     *     {@code Retry-After}. One connection that speaks HTTP/2 may bring a hundred
     * @param bufferedBody bodies up to this size are read in full before an instance is asked, so that they can be sent
     *     again to another one; larger ones stream
     * @param bufferedBodies the most bytes that such bodies may take together; further ones stream
     */
    public record Limits(
            long bodyBytes,
            int headBytes,
            int headerFields,
            int connections,
            int connectionsPerAddress,
            int requests,
            int bufferedBody,
            long bufferedBodies) {

        public Limits {
            require(bodyBytes >= 0, "the largest body must not be negative, but is " + bodyBytes);
            require(headBytes >= 512, "the largest request head must be at least 512 bytes, but is " + headBytes);
            require(headerFields > 0, "the number of header fields must be positive, but is " + headerFields);
            require(connections > 0, "the number of connections must be positive, but is " + connections);
            require(
                    connectionsPerAddress > 0,
                    "the number of connections of one address must be positive, but is " + connectionsPerAddress);
            require(requests > 0, "the number of requests at once must be positive, but is " + requests);
            require(bufferedBody >= 0, "the size of a buffered body must not be negative, but is " + bufferedBody);
            require(bufferedBodies >= 0, "the size of all buffered bodies must not be negative");
        }

        public static Limits defaults() {
            return new Limits(4L << 30, 32 << 10, 100, 4096, 1024, 8192, 64 << 10, 64L << 20);
        }

        public Limits withBodyBytes(long bytes) {
            return new Limits(
                    bytes,
                    headBytes,
                    headerFields,
                    connections,
                    connectionsPerAddress,
                    requests,
                    bufferedBody,
                    bufferedBodies);
        }

        public Limits withHeadBytes(int bytes) {
            return new Limits(
                    bodyBytes,
                    bytes,
                    headerFields,
                    connections,
                    connectionsPerAddress,
                    requests,
                    bufferedBody,
                    bufferedBodies);
        }

        public Limits withHeaderFields(int fields) {
            return new Limits(
                    bodyBytes,
                    headBytes,
                    fields,
                    connections,
                    connectionsPerAddress,
                    requests,
                    bufferedBody,
                    bufferedBodies);
        }

        public Limits withConnections(int most) {
            return new Limits(
                    bodyBytes,
                    headBytes,
                    headerFields,
                    most,
                    connectionsPerAddress,
                    requests,
                    bufferedBody,
                    bufferedBodies);
        }

        public Limits withConnectionsPerAddress(int most) {
            return new Limits(
                    bodyBytes, headBytes, headerFields, connections, most, requests, bufferedBody, bufferedBodies);
        }

        public Limits withRequests(int most) {
            return new Limits(
                    bodyBytes,
                    headBytes,
                    headerFields,
                    connections,
                    connectionsPerAddress,
                    most,
                    bufferedBody,
                    bufferedBodies);
        }
    }

    /**
     * How slow a client may be, while it is the one that is waited for: it has to send, or to take, so many bytes in each
     * span of this time, or get done. A request whose body comes more slowly is answered 408, a response that is taken
     * more slowly is cut. What an instance is slow with does not count, nor do WebSockets.
     *
     * <p>A client takes bytes out of the buffers of two operating systems, which the router sees in lumps of up to some
     * megabytes, so a time well below a minute cuts honest ones.
     *
     * @param bytes 0 for no such limit
     */
    public record Pace(long bytes, Duration time) {
        public Pace {
            require(bytes >= 0, "the bytes of a pace must not be negative, but are " + bytes);
            requirePositive(time, "time of a pace");
        }

        /** 8 KiB a minute. */
        public static Pace defaults() {
            return new Pace(8 << 10, Duration.ofMinutes(1));
        }

        public static Pace unlimited() {
            return new Pace(0, Duration.ofMinutes(1));
        }
    }

    private static void requirePositive(Duration duration, String name) {
        require(duration.isPositive(), "the " + name + " must be positive, but is " + duration);
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException("Router settings: " + problem);
        }
    }
}
