package dev.coatcheck.host.service;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * For tests that count round trips: the commands that a Redis gets from its clients, as it tells itself ({@code MONITOR});
 * not what scripts then do inside it. It hears every client of the server, in whichever of its databases.
 *
 * <pre>{@code
 * try (RedisMonitor monitor = new RedisMonitor(url)) {
 *     assertThat(monitor.commandsDuring(() -> sessions.find(id))).containsExactly("EVALSHA");
 * }
 * }</pre>
 *
 * <p>A server that has a password or speaks TLS only is not for it. Not thread-safe.
 */
public final class RedisMonitor implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Connection told;
    private final Connection marking;

    /**
     * Begins to listen.
     *
     * @param url as in {@code redis://127.0.0.1:6379}, with or without the number of a database
     * @throws IOException if the server cannot be reached or refuses
     */
    public RedisMonitor(String url) throws IOException {
        URI uri = URI.create(url);
        marking = new Connection(uri);
        told = new Connection(uri);
        told.send("MONITOR");
        String answer = told.line();
        if (!answer.startsWith("+OK")) {
            close();
            throw new IOException(url + " does not let itself be monitored: " + answer);
        }
    }

    /**
     * The names of the commands, in capitals and in order, that arrive from the beginning of an action to its end. What the
     * action sends without waiting for an answer may arrive later than that.
     *
     * @throws IOException if the server goes away meanwhile
     */
    public List<String> commandsDuring(Runnable action) throws IOException {
        commandsUpToNow();
        action.run();
        return commandsUpToNow();
    }

    private List<String> commandsUpToNow() throws IOException {
        String mark = UUID.randomUUID().toString();
        marking.send("ECHO " + mark);
        List<String> commands = new ArrayList<>();
        for (String line = told.line(); !line.contains(mark); line = told.line()) {
            if (!line.contains(" lua] ")) {
                // +1763700000.123456 [7 127.0.0.1:50000] "EVALSHA" "..."
                commands.add(line.split("\"", 3)[1].toUpperCase(Locale.ROOT));
            }
        }
        return commands;
    }

    @Override
    public void close() throws IOException {
        told.close();
        marking.close();
    }

    /** Commands as lines, as a person with telnet would send them. */
    private static final class Connection {
        private final Socket socket;
        private final BufferedReader lines;

        Connection(URI uri) throws IOException {
            socket = new Socket(uri.getHost(), uri.getPort());
            socket.setSoTimeout(TIMEOUT_MILLIS);
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        void send(String command) throws IOException {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        String line() throws IOException {
            String line = lines.readLine();
            if (line == null) {
                throw new IOException("the server has closed the connection to its monitor");
            }
            return line;
        }

        void close() throws IOException {
            socket.close();
        }
    }
}
