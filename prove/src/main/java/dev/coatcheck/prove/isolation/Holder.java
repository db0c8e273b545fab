package dev.coatcheck.prove.isolation;

import dev.coatcheck.host.process.ProcessGroup;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The small {@code sh} process that made the namespaces and mounts of a layer and keeps them: it waits at a pipe whose
 * other end is in this JVM, and belongs to a {@link ProcessGroup}, so that it never outlives it.
 */
final class Holder implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String SCRIPT_VARIABLE = "COATCHECK_HOLDER_SCRIPT";
    private static final String SCRIPT = script();

    private final ProcessGroup group;
    private final List<String> said;

    private Holder(ProcessGroup group, List<String> said) {
        this.group = group;
        this.said = said;
    }

    /**
     * Starts one and waits until all is made.
     *
     * @param namespaces the command in front that makes the namespaces
     * @param plan what the script reads, without the last line
     */
    static Holder start(List<String> namespaces, List<String> plan) throws IOException {
        List<String> command = new ArrayList<>(namespaces);
        // The script travels in a variable, so that a listing of processes shows a name.
        command.addAll(List.of("sh", "-c", "eval \"$" + SCRIPT_VARIABLE + "\"", "coatcheck-layer"));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(Path.of("/").toFile()).redirectErrorStream(true);
        builder.environment().put(SCRIPT_VARIABLE, SCRIPT);
        builder.environment().put("LC_ALL", "C");
        ProcessGroup group = ProcessGroup.start(builder);
        Holder holder = new Holder(group, new ArrayList<>());
        try {
            holder.make(plan);
            return holder;
        } catch (IOException | RuntimeException e) {
            holder.close();
            throw e;
        }
    }

    long pid() {
        return group.pid();
    }

    /** What the script had to say on its way. */
    List<String> said() {
        return said;
    }

    /** The folder of the upper layers, which no process of the layer can reach. */
    Path uppers() {
        return Path.of("/proc", Long.toString(pid()), "cwd");
    }

    Path root() {
        return Path.of("/proc", Long.toString(pid()), "root");
    }

    boolean isAlive() {
        return group.isAlive();
    }

    @Override
    public void close() {
        group.close();
    }

    private void make(List<String> plan) throws IOException {
        AtomicBoolean late = new AtomicBoolean();
        CompletableFuture<Void> limit = CompletableFuture.runAsync(
                () -> {
                    late.set(true);
                    group.kill();
                },
                CompletableFuture.delayedExecutor(LIMIT.toSeconds(), TimeUnit.SECONDS));
        try {
            tell(plan);
            if (!awaitReady()) {
                throw new IOException("a layer could not be made: "
                        + (late.get() ? "it was not there within " + LIMIT.toSeconds() + " s" : "its script ended")
                        + (said.isEmpty() ? " without a word" : ": " + String.join("; ", said)));
            }
        } finally {
            limit.cancel(false);
        }
    }

    private void tell(List<String> plan) throws IOException {
        BufferedWriter pipe = group.leader().outputWriter(StandardCharsets.UTF_8);
        try {
            for (String line : plan) {
                pipe.write(line + "\n");
            }
            pipe.write("end\n");
            pipe.flush();
        } catch (IOException e) {
            // It ended before it had read all; what it said tells why.
        }
    }

    /** Returns whether it is; it may have ended instead. */
    private boolean awaitReady() throws IOException {
        BufferedReader output = group.leader().inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.equals("ready")) {
                return true;
            }
            said.add(line);
        }
        return false;
    }

    private static String script() {
        try (InputStream script = Holder.class.getResourceAsStream("holder.sh")) {
            if (script == null) {
                throw new IllegalStateException("holder.sh is missing beside " + Holder.class);
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read holder.sh beside " + Holder.class, e);
        }
    }
}
