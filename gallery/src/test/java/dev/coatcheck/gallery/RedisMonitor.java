package dev.coatcheck.gallery;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The commands that clients send, as the server itself tells them ({@code MONITOR}); not what scripts do inside it. */
final class RedisMonitor implements AutoCloseable {
    private final Socket monitored;
    private final Socket marking;
    private final BufferedReader lines;

    RedisMonitor(String url) throws IOException {
        var uri = URI.create(url);
        monitored = new Socket(uri.getHost(), uri.getPort());
        monitored.setSoTimeout(20_000);
        marking = new Socket(uri.getHost(), uri.getPort());
        lines = new BufferedReader(new InputStreamReader(monitored.getInputStream(), StandardCharsets.UTF_8));
        send(monitored, "MONITOR");
        lines.readLine();
    }

    /** The lines that the server told between the beginning and the end of an action. */
    List<String> during(Runnable action) throws IOException {
        upToMark();
        action.run();
        return upToMark();
    }

    private List<String> upToMark() throws IOException {
        var mark = UUID.randomUUID().toString();
        send(marking, "ECHO " + mark);
        var commands = new ArrayList<String>();
        for (var line = lines.readLine(); !line.contains(mark); line = lines.readLine()) {
            if (!line.contains(" lua] ")) {
                commands.add(line);
            }
        }
        return commands;
    }

    private static void send(Socket socket, String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        monitored.close();
        marking.close();
    }
}
