package dev.coatcheck.redis;

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
 * What commands clients send, as the server itself sees them ({@code MONITOR}); not what scripts then do inside the
 * server.
 */
final class Monitor implements AutoCloseable {
    private final TestRedis store;
    private final Socket socket;
    private final BufferedReader lines;

    private Monitor(TestRedis store, Socket socket, BufferedReader lines) {
        this.store = store;
        this.socket = socket;
        this.lines = lines;
    }

    static Monitor of(TestRedis store) throws IOException {
        var uri = URI.create(store.url());
        var socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(20_000);
        var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        socket.getOutputStream().write("MONITOR\r\n".getBytes(StandardCharsets.US_ASCII));
        if (!lines.readLine().startsWith("+OK")) {
            throw new IOException("the server does not let itself be monitored");
        }
        return new Monitor(store, socket, lines);
    }

    /** The names of the commands that an action sends, in order. */
    List<String> commandsOf(Runnable action) {
        try {
            skipTo(mark());
            action.run();
            store.redis().ping(); // after whatever the action sent on this connection without waiting for it
            var commands = skipTo(mark());
            commands.remove("PING");
            return commands;
        } catch (IOException e) {
            throw new AssertionError("the monitor was cut off", e);
        }
    }

    private String mark() {
        return store.besides().echo(UUID.randomUUID().toString());
    }

    private List<String> skipTo(String mark) throws IOException {
        var commands = new ArrayList<String>();
        for (var line = lines.readLine(); ; line = lines.readLine()) {
            if (line == null) {
                throw new IOException("the server closed the connection");
            }
            if (line.contains(mark)) {
                return commands;
            }
            // +1763700000.123456 [7 127.0.0.1:50000] "EVALSHA" "..."
            var command = line.split("\"", 3)[1].toUpperCase(Locale.ROOT);
            if (!line.contains(" lua] ")) {
                commands.add(command);
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
