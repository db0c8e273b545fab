package dev.coatcheck.host.service;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks a server that takes commands as lines, as a person with telnet would. */
final class LineProtocol {
    private static final int TIMEOUT_MILLIS = 5_000;

    private LineProtocol() {}

    /**
     * All that the server says until it ends the connection.
     *
     * @param commands the last of them is the one that ends it
     */
    static String ask(int tcpPort, String... commands) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), tcpPort), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            String lines = String.join("\r\n", commands) + "\r\n";
            socket.getOutputStream().write(lines.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
