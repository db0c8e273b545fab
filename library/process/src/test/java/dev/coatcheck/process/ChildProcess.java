package dev.coatcheck.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A JVM of its own that runs a main class from the tests, and what it printed. Killed when closed. */
public final class ChildProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int SIGINT = 2;

    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final List<Thread> readers = new ArrayList<>();

    private ChildProcess(Process process) {
        this.process = process;
        readers.add(collect(process.getInputStream(), output));
        readers.add(collect(process.getErrorStream(), errors));
    }

    /** Starts {@code main} with {@code environment} and nothing else but what a JVM needs. */
    public static ChildProcess start(Class<?> main, Map<String, String> environment, String... arguments)
            throws IOException {
        var command = new ArrayList<>(signalsAsUsual());
        command.addAll(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new ChildProcess(builder.start());
    }

    /**
     * A shell without job control starts what it runs in the background with SIGINT ignored; that is inherited, and a JVM
     * leaves it so. Where this JVM was started in such a way, the child is given back what is usual.
     */
    private static List<String> signalsAsUsual() throws IOException {
        var status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return List.of();
        }
        try (var lines = Files.lines(status)) {
            long ignored = lines.filter(line -> line.startsWith("SigIgn:"))
                    .mapToLong(line -> Long.parseUnsignedLong(
                            line.substring("SigIgn:".length()).strip(), 16))
                    .findFirst()
                    .orElse(0);
            return (ignored >> (SIGINT - 1) & 1) == 1 ? List.of("env", "--default-signal=INT") : List.of();
        }
    }

    /** Waits until a line of its standard output contains {@code text}, and gives that line. */
    public String awaitLine(String text) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(output)
                        .as("printed, beside the errors %s", errors)
                        .anyMatch(line -> line.contains(text)));
        return output.stream().filter(line -> line.contains(text)).findFirst().orElseThrow();
    }

    /** Sends it a signal by name, such as {@code TERM}. */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end, and for all that it printed. */
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("still alive after " + LIMIT + ": " + output + errors);
        }
        for (var reader : readers) {
            reader.join(LIMIT);
        }
        return process.exitValue();
    }

    public List<String> output() {
        return output;
    }

    public List<String> errors() {
        return errors;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static Thread collect(InputStream stream, List<String> lines) {
        return Thread.ofVirtual().name("child-output").start(() -> {
            try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                reader.lines().forEach(lines::add);
            } catch (UncheckedIOException | IOException closed) {
                // The process was killed; what it printed before is there.
            }
        });
    }
}
