package dev.coatcheck.cli;

import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.process.UsualSignals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code coatcheck} as a process of its own, and the lines that it writes to standard output. */
final class Runner implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(40);

    private final Process process;
    private final BufferedReader out;
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Thread reader;

    private Runner(Process process) {
        this.process = process;
        this.out = process.inputReader();
        this.reader = Thread.ofPlatform().daemon().start(this::read);
    }

    /** As {@link #start}, to its end; what it wrote, standard error too, and its exit status. */
    static Ended run(String input, String... arguments) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command(arguments)).redirectErrorStream(true).start();
        try (Writer in = process.outputWriter()) {
            in.write(input);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("it runs on; it wrote " + output);
        }
        return new Ended(process.exitValue(), output);
    }

    record Ended(int status, String output) {}

    static Runner start(String... arguments) throws IOException {
        return new Runner(new ProcessBuilder(command(arguments))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** As {@link #start}, with standard error in a file. */
    static Runner startWithErrorsIn(Path file, String... arguments) throws IOException {
        return new Runner(new ProcessBuilder(command(arguments))
                .redirectError(file.toFile())
                .start());
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(UsualSignals.prefix());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Coatcheck.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The events so far. */
    List<JsonNode> events() {
        return lines.stream().map(JsonMapper.shared()::readTree).toList();
    }

    JsonNode awaitEvent(String kind) {
        await().atMost(LIMIT)
                .until(() -> (!process.isAlive() && !reader.isAlive())
                        || events().stream()
                                .anyMatch(
                                        event -> event.path("kind").asString("").equals(kind)));
        return events().stream()
                .filter(event -> event.path("kind").asString("").equals(kind))
                .findFirst()
                .orElseThrow(() -> new AssertionError("it ended; it wrote " + lines));
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -s " + name + " " + process.pid())
                .start()
                .waitFor();
    }

    /** As the end of {@code | head} does. */
    void closeOutput() throws IOException {
        reader.interrupt();
        process.getInputStream().close();
    }

    int exitStatus() throws InterruptedException {
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("it runs on; it wrote " + lines);
        }
        reader.join(Duration.ofSeconds(10)); // what it wrote last
        return process.exitValue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void read() {
        try {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // Closed by the test.
        }
    }
}
