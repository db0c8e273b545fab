package dev.coatcheck.azure;

import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.host.process.ProcessGroup;
import dev.coatcheck.host.service.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Azurite's blobs in a process of its own, as files in a folder. Every request must be signed. What it knows of blobs it
 * writes down every few seconds, so that a kill may cost the newest.
 */
final class AzuriteServer implements AutoCloseable {
    static final String ACCOUNT = "account1";
    static final String KEY = "c2VjcmV0K2tleS9vZithbithY2NvdW50MTIzNDU2Nzg5MA==";

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Set<Integer> MADE_OR_THERE =
            Set.of(HttpURLConnection.HTTP_CREATED, HttpURLConnection.HTTP_CONFLICT);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private static final AtomicInteger CONTAINERS = new AtomicInteger();

    private static @Nullable AzuriteServer shared;

    private final Path script;
    private final Path folder;
    private final int tcpPort = TcpPorts.free();
    private @Nullable ProcessGroup process;

    private AzuriteServer(Path script, Path folder) {
        this.script = script;
        this.folder = folder;
    }

    /** One for all tests of this JVM, which ends with it; not to be killed. */
    static synchronized AzuriteServer shared() {
        if (shared == null) {
            // First, so that no folder is made where there is no Azurite.
            var script = Azurite.script();
            try {
                shared = start(script, Files.createTempDirectory("coatcheck-azurite-"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(AzuriteServer::endShared, "coatcheck-azurite-end"));
        }
        return shared;
    }

    private static synchronized void endShared() {
        var server = shared;
        if (server != null) {
            server.close();
            server.deleteFolder();
        }
    }

    private void deleteFolder() {
        try {
            FileTree.delete(folder);
        } catch (IOException e) {
            // It is a temporary one.
        }
    }

    /** Starts one of its own, in an empty folder. */
    static AzuriteServer start(Path folder) {
        return start(Azurite.script(), folder);
    }

    private static AzuriteServer start(Path script, Path folder) {
        var server = new AzuriteServer(script, folder);
        server.start();
        return server;
    }

    /** Starts it where it does not run, and waits until it answers. */
    void start() {
        var running = process;
        if (running != null && running.isAlive()) {
            return;
        }
        var builder = new ProcessBuilder(
                        "node",
                        script.toString(),
                        "--blobHost=127.0.0.1",
                        "--blobPort=" + tcpPort,
                        "--location=" + folder,
                        "--disableTelemetry",
                        "--silent",
                        // It looks at the number and then does as ever.
                        "--skipApiVersionCheck")
                .redirectErrorStream(true);
        builder.environment().put("AZURITE_ACCOUNTS", ACCOUNT + ":" + KEY);
        try {
            var started = ProcessGroup.start(builder);
            process = started;
            var listening = new CompletableFuture<Boolean>();
            Thread.ofVirtual().name("azurite-output").start(() -> listen(started, listening));
            listening.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (IOException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Azurite does not start", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Azurite starts", e);
        }
    }

    private static void listen(ProcessGroup process, CompletableFuture<Boolean> listening) {
        var said = new StringBuilder();
        try (var reader = process.leader().inputReader(StandardCharsets.UTF_8)) {
            reader.lines().forEach(line -> {
                said.append(line).append('\n');
                if (line.contains("successfully listen")) {
                    listening.complete(true);
                }
            });
        } catch (IOException | UncheckedIOException e) {
            said.append(e);
        }
        listening.completeExceptionally(new IllegalStateException("Azurite has ended:\n" + said));
    }

    int tcpPort() {
        return tcpPort;
    }

    /** The URL of a container, with the key. */
    String url(String container) {
        return "http://" + ACCOUNT + ":" + URLEncoder.encode(KEY, StandardCharsets.UTF_8) + "@127.0.0.1:" + tcpPort
                + "/" + ACCOUNT + "/" + container;
    }

    /** The URL of a new empty container. */
    String freshContainer() {
        var url = url("test-" + CONTAINERS.incrementAndGet());
        createContainerIfMissing(url);
        return url;
    }

    void createContainerIfMissing(String url) {
        var request = HttpRequest.newBuilder(Call.container("PUT").signed(AzureUrl.parse(url)), (name, value) -> true)
                .timeout(PATIENCE)
                .build();
        try {
            var answer = HTTP.send(request, BodyHandlers.ofString());
            if (!MADE_OR_THERE.contains(answer.statusCode())) {
                throw new IllegalStateException("Azurite makes no container: " + answer.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Azurite makes a container", e);
        }
    }

    /** Ends it as a crash does. */
    void kill() {
        var running = process;
        if (running != null) {
            running.close();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
