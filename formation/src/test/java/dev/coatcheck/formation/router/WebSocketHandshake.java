package dev.coatcheck.formation.router;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** What an instance on a bare socket says so that a client believes it speaks WebSocket (RFC 6455, section 4.2.2). */
final class WebSocketHandshake {
    private WebSocketHandshake() {}

    static String response(RawUpstream.Request request) throws NoSuchAlgorithmException {
        String key = request.header("Sec-WebSocket-Key").orElseThrow() + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
        byte[] digest = MessageDigest.getInstance("SHA-1").digest(key.getBytes(StandardCharsets.US_ASCII));
        return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(digest) + "\r\n\r\n";
    }
}
