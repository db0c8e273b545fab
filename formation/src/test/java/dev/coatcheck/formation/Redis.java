package dev.coatcheck.formation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Asks a Redis one thing. */
final class Redis {
    private Redis() {}

    static String ask(String url, String command) throws IOException {
        URI uri = URI.create(url);
        try (Socket socket = new Socket(InetAddress.getByName(uri.getHost()), uri.getPort())) {
            socket.getOutputStream().write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static long processId(String url) throws IOException {
        return ask(url, "INFO server")
                .lines()
                .filter(line -> line.startsWith("process_id:"))
                .map(line -> Long.valueOf(line.substring("process_id:".length())))
                .findFirst()
                .orElseThrow();
    }
}
