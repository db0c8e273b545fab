package dev.coatcheck.formation.router;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of one request, told once when it is over. A WebSocket is told when it is established, with status 101.
 * Requests that are not HTTP at all are answered 400 without being told.
 *
 * @param at when the head of the request had been read
 * @param method the request method, as the client wrote it
 * @param path the path without the query, which may hold secrets
 * @param status the status that the client was sent, or {@link #CLIENT_LEFT}
 * @param took from {@code at} until the last byte of the response was handed to the operating system
 * @param instance the instance that was asked last; empty where none was asked
 * @param requestId the {@code X-Request-Id} that the instance and the client were given
 * @param bytesReceived the size of the request body, as far as it was read
 * @param bytesSent the size of the response body
 * @param attempts how often an instance was asked; more than 1 where the request was sent to another one
 * @param client the IP address of whoever made the connection
 * @param protocol what the client speaks: {@code HTTP/1.1}, {@code HTTP/2.0}
 * @param complete whether the client was sent the whole response; false where it left, or the instance broke off
 */
public record Access(
        Instant at,
        String method,
        String path,
        int status,
        Duration took,
        Optional<String> instance,
        String requestId,
        long bytesReceived,
        long bytesSent,
        int attempts,
        String client,
        String protocol,
        boolean complete) {

    /** The status of a request whose client left before a response was begun; never sent, only told. */
    public static final int CLIENT_LEFT = 499;
}
