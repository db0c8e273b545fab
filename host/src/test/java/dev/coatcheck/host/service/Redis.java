package dev.coatcheck.host.service;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Sends commands as lines, as a person with telnet would. */
final class Redis {
    private Redis() {}

    static String send(String url, String command) throws IOException {
        URI uri = URI.create(url);
        String select = uri.getPath().isEmpty() ? "0" : uri.getPath().substring(1);
        try (Socket socket = new Socket(InetAddress.getByName(uri.getHost()), uri.getPort())) {
            socket.getOutputStream()
                    .write(("SELECT " + select + "\r\n" + command + "\r\nQUIT\r\n").getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.substring("+OK\r\n".length(), answer.length() - "+OK\r\n".length());
        }
    }
}
