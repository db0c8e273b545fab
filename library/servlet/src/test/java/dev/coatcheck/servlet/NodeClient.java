package dev.coatcheck.servlet;

import dev.coatcheck.host.process.ProcessGroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A script in Node, and what it says. */
final class NodeClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ProcessGroup process;
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>(10_000);

    private NodeClient(ProcessGroup process) {
        this.process = process;
    }

    static NodeClient start(Path script, List<String> arguments) throws IOException {
        // Node 20 has a WebSocket when asked for it, and later ones anyway.
        var command = new ArrayList<>(List.of("node", "--experimental-websocket", script.toString()));
        command.addAll(arguments);
        var client = new NodeClient(ProcessGroup.start(new ProcessBuilder(command).redirectErrorStream(true)));
        var reader = client.process.leader().inputReader(StandardCharsets.UTF_8);
        Thread.ofVirtual().name("node-output").start(() -> client.read(reader));
        return client;
    }

    private void read(BufferedReader reader) {
        try (reader) {
            reader.lines().forEach(said::add);
        } catch (IOException | UncheckedIOException e) {
            // It was ended.
        }
    }

    String hear() throws InterruptedException {
        var line = said.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null) {
            throw new AssertionError("the client said nothing for " + PATIENCE);
        }
        return line;
    }

    /** What it says next, lines of this kind apart. */
    String hearUnless(String noise) throws InterruptedException {
        while (true) {
            var line = hear();
            if (!line.equals(noise)) {
                return line;
            }
        }
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.close();
    }
}
