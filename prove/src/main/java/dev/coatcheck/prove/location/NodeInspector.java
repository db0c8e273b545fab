package dev.coatcheck.prove.location;

import dev.coatcheck.host.tcp.Listening;
import dev.coatcheck.prove.location.NumberSearch.Subject;
import dev.coatcheck.prove.location.heap.NodeNumbers;
import java.io.IOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The inspector of a living Node, which opens it on SIGUSR1. Asked for is a heap snapshot alone, as it has there what one on
 * a signal has not: numbers. Nothing is run in the application. For one thread.
 *
 * @see <a href="https://chromedevtools.github.io/devtools-protocol/v8/HeapProfiler/">HeapProfiler</a>
 */
final class NodeInspector {
    /**
     * Any free TCP port, so that two processes do not want the same. The older name of {@code --inspect-port}, in a spelling
     * that Node takes, too: where NODE_OPTIONS hold {@code --inspect} or {@code --debug-port}, its cluster gives each worker
     * the next port, and port 1 ends it.
     */
    static final String OPTION = "--debug_port=0";

    private static final String SIGNAL = "SIGUSR1";
    private static final int SIGNAL_NUMBER = 10;
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final String TAKE_SNAPSHOT = """
            {"id":1,"method":"HeapProfiler.takeHeapSnapshot","params":{"captureNumericValue":true}}""";

    private static final JsonMapper JSON = new JsonMapper();

    private final InetSocketAddress address;

    private NodeInspector(InetSocketAddress address) {
        this.address = address;
    }

    /** @throws IOException if it does not open, or would not by the signal; the message says why */
    static NodeInspector open(Subject node, HeapLimits limits) throws IOException, InterruptedException {
        Inhabited process = new Inhabited(node.pid());
        if (!process.catches(SIGNAL_NUMBER)) {
            throw new IOException("it was built without an inspector, or it is turned off");
        }
        // Whoever listens to the signal has taken it from the inspector, and may do anything then.
        if (NodeHeapSearch.read(node.pid(), limits, snapshot -> NodeNumbers.isHandled(SIGNAL, snapshot))) {
            throw new IOException("the application handles " + SIGNAL + " itself, which opens the inspector");
        }
        Set<InetSocketAddress> before = listening(node.pid());
        Tool.run(List.of("kill", "-s", SIGNAL.substring(3), Long.toString(node.pid())), OPEN_LIMIT);
        long start = System.nanoTime();
        while (System.nanoTime() - start < OPEN_LIMIT.toNanos()) {
            Set<InetSocketAddress> fresh = listening(node.pid());
            fresh.removeAll(before);
            if (!fresh.isEmpty()) {
                return new NodeInspector(node.way().to(fresh.iterator().next().getPort()));
            }
            Thread.sleep(PAUSE);
        }
        throw new IOException("its inspector did not open within " + OPEN_LIMIT.toSeconds() + " s");
    }

    private static Set<InetSocketAddress> listening(long pid) {
        return Listening.of(List.of(pid)).stream().map(Listening::address).collect(Collectors.toSet());
    }

    /** Writes a snapshot with numbers into a file of this machine; Node stands still meanwhile. */
    void snapshot(Path file, Duration limit) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1) // it takes an upgrade to HTTP/2 for one to WebSocket
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .connectTimeout(OPEN_LIMIT)
                        .build();
                Writer writer = Files.newBufferedWriter(file)) {
            try {
                snapshot(client, writer, limit);
            } finally {
                // Closing it waits for what it is at, and an inspector that says nothing has no limit of its own.
                client.shutdownNow();
            }
        } catch (JacksonException e) {
            throw new IOException("its inspector answers otherwise than was expected: " + e.getMessage(), e);
        }
    }

    private void snapshot(HttpClient client, Writer writer, Duration limit) throws IOException, InterruptedException {
        Receiver receiver = new Receiver(writer);
        WebSocket socket = within(OPEN_LIMIT, client.newWebSocketBuilder().buildAsync(session(client), receiver));
        try {
            within(OPEN_LIMIT, socket.sendText(TAKE_SNAPSHOT, true));
            within(limit, receiver.done);
        } finally {
            // Node would wait at its end for somebody who is still connected.
            socket.abort();
        }
    }

    private URI session(HttpClient client) throws IOException, InterruptedException {
        String at = address.getAddress().getHostAddress() + ":" + address.getPort();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + at + "/json/list"))
                .timeout(OPEN_LIMIT)
                .build();
        String targets =
                client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        Optional<String> id = JSON.readTree(targets).path(0).path("id").asStringOpt();
        return URI.create("ws://" + at + "/" + id.orElseThrow(() -> new IOException("its inspector shows no target")));
    }

    private static <T> T within(Duration limit, CompletableFuture<T> future) throws IOException, InterruptedException {
        try {
            return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException("its inspector failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IOException("its inspector was not done within " + limit.toSeconds() + " s", e);
        }
    }

    /** Writes the pieces of the snapshot, which all come before the answer. */
    private static final class Receiver implements WebSocket.Listener {
        private final Writer writer;
        private final StringBuilder message = new StringBuilder();
        private final CompletableFuture<Void> done = new CompletableFuture<>();

        private Receiver(Writer writer) {
            this.writer = writer;
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                try {
                    take(JSON.readTree(message.toString()));
                } catch (IOException | JacksonException e) {
                    done.completeExceptionally(e);
                }
                message.setLength(0);
            }
            socket.request(1);
            return CompletableFuture.completedFuture(null);
        }

        private void take(JsonNode said) throws IOException {
            if (said.path("method").asString("").equals("HeapProfiler.addHeapSnapshotChunk")) {
                writer.write(said.path("params").path("chunk").asString(""));
            } else if (said.has("error")) {
                done.completeExceptionally(
                        new IOException(said.path("error").path("message").asString("")));
            } else if (said.has("id")) {
                done.complete(null);
            }
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            done.completeExceptionally(new IOException("it was closed"));
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            done.completeExceptionally(error);
        }
    }
}
