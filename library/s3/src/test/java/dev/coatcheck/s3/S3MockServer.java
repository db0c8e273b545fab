package dev.coatcheck.s3;

import dev.coatcheck.host.process.ProcessGroup;
import dev.coatcheck.host.service.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Adobe's S3Mock in a JVM of its own: a second store that speaks S3, which keeps its objects under names of its own, and
 * decides who is first, as {@link OneAtATime} hands it one request after the other. It checks no signatures.
 */
final class S3MockServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Pattern STARTED = Pattern.compile("Tomcat started on ports? .*?(\\d+) \\(http\\)");

    private static @Nullable S3MockServer shared;

    private final ProcessGroup process;
    private final Path folder;
    private final CompletableFuture<OneAtATime> front = new CompletableFuture<>();
    private int buckets;

    private S3MockServer(ProcessGroup process, Path folder) {
        this.process = process;
        this.folder = folder;
    }

    /** One for the whole JVM, with which it ends. */
    static synchronized S3MockServer shared() {
        if (shared == null) {
            try {
                shared = start(Files.createTempDirectory("coatcheck-s3mock-"));
                Runtime.getRuntime().addShutdownHook(new Thread(shared::close, "s3mock-end"));
            } catch (IOException e) {
                throw new UncheckedIOException("S3Mock cannot be started", e);
            }
        }
        return shared;
    }

    private static S3MockServer start(Path folder) throws IOException {
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        // Its objects and Tomcat's files lie in the folder for temporary ones.
                        "-Djava.io.tmpdir=" + folder,
                        "com.adobe.testing.s3mock.S3MockApplication",
                        "--server.port=0",
                        "--http.port=0")
                .redirectErrorStream(true);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        var server = new S3MockServer(ProcessGroup.start(builder), folder);
        Thread.ofVirtual().name("s3mock-output").start(server::listen);
        return server;
    }

    private void listen() {
        var said = new StringBuilder();
        try (var reader = process.leader().inputReader(StandardCharsets.UTF_8)) {
            reader.lines().forEach(line -> {
                said.append(line).append('\n');
                var started = STARTED.matcher(line);
                if (started.find()) {
                    stand(Integer.parseInt(started.group(1)));
                }
            });
        } catch (IOException | UncheckedIOException e) {
            said.append(e);
        }
        front.completeExceptionally(new IllegalStateException("S3Mock has ended:\n" + said));
    }

    private void stand(int tcpPort) {
        try {
            front.complete(new OneAtATime(tcpPort));
        } catch (IOException e) {
            front.completeExceptionally(e);
        }
    }

    /** The URL of a new bucket. */
    synchronized String freshBucket() {
        buckets++;
        var bucket = "test-" + buckets;
        try {
            var address = "127.0.0.1:"
                    + front.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).tcpPort() + "/" + bucket;
            var made = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://" + address))
                                    .timeout(PATIENCE)
                                    .PUT(BodyPublishers.noBody())
                                    .build(),
                            BodyHandlers.ofString());
            if (made.statusCode() != 200) {
                throw new IllegalStateException("no bucket was made: " + made.body());
            }
            return "http://key:secret@" + address;
        } catch (IOException | ExecutionException | TimeoutException | InterruptedException e) {
            throw new IllegalStateException("there is no S3Mock to make a bucket", e);
        }
    }

    @Override
    public void close() {
        if (front.isDone() && !front.isCompletedExceptionally()) {
            front.join().close();
        }
        process.close();
        try {
            FileTree.delete(folder);
        } catch (IOException e) {
            // The folder is a temporary one.
        }
    }
}
