package dev.coatcheck.contracts.peers;

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
import java.util.function.Consumer;

/**
 * Another JVM that is attached to the same store and runs one {@link PeerAction}.
 *
 * <p>The two talk in lines. A peer never outlives its test: {@link #close()} kills it, it ends by itself when the test's
 * JVM does (its standard input ends), and after {@link PeerMain#LIFETIME} in any case. Every wait here has a limit and
 * fails with what the peer wrote to standard error.
 *
 * <pre>{@code
 * try (var peer = Peer.start(RedisSessionsFactory.class, url, SaveOften.class, id.text())) {
 *     peer.hear();          // it has begun
 *     peer.kill();          // SIGKILL, in the middle
 * }
 * }</pre>
 */
public final class Peer implements AutoCloseable {
    static final String URL_VARIABLE = "COATCHECK_PEER_URL";
    private static final int HEAP_MEBIBYTES = 128;
    /** For a process that has to be started first, beside many others. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Process process;
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>(1_000);
    private final List<String> errors = new ArrayList<>();
    private final Thread listener;

    private Peer(Process process) {
        this.process = process;
        this.listener = read("peer-output", process.inputReader(StandardCharsets.UTF_8), heard::add);
        read("peer-errors", process.errorReader(StandardCharsets.UTF_8), this::keepError);
    }

    /** Starts a peer; returns at once. */
    public static <S> Peer start(
            Class<? extends StoreFactory<S>> factory,
            String url,
            Class<? extends PeerAction<S>> action,
            String... arguments) {
        return start(List.of(), HEAP_MEBIBYTES, factory, url, action, arguments);
    }

    /**
     * Starts a peer behind a command that becomes it, such as one that gives it a network of its own; returns at once.
     *
     * @param enter the command, to which that of the peer is appended
     */
    public static <S> Peer startIn(
            List<String> enter,
            Class<? extends StoreFactory<S>> factory,
            String url,
            Class<? extends PeerAction<S>> action,
            String... arguments) {
        return start(enter, HEAP_MEBIBYTES, factory, url, action, arguments);
    }

    /** Starts a peer that has this much heap and no more; returns at once. */
    public static <S> Peer startWithHeap(
            int mebibytes,
            Class<? extends StoreFactory<S>> factory,
            String url,
            Class<? extends PeerAction<S>> action,
            String... arguments) {
        return start(List.of(), mebibytes, factory, url, action, arguments);
    }

    private static <S> Peer start(
            List<String> enter,
            int mebibytes,
            Class<? extends StoreFactory<S>> factory,
            String url,
            Class<? extends PeerAction<S>> action,
            String... arguments) {
        var command = new ArrayList<>(enter);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx" + mebibytes + "m",
                PeerMain.class.getName(),
                factory.getName(),
                action.getName()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command);
        // In the environment: a class path may be too long for a command line, and a URL may hold a password.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put(URL_VARIABLE, url);
        try {
            return new Peer(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("could not start a second JVM", e);
        }
    }

    /** The next line that the peer says. */
    public String hear() {
        return hear(PATIENCE);
    }

    /** The next line that the peer says, where it may take longer than most. */
    public String hear(Duration patience) {
        try {
            var line = heard.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (line == null) {
                throw new AssertionError("the peer said nothing for " + patience + "; its errors: " + errors());
            }
            return line;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** What a peer that has ended said to the last, as far as nobody has heard it. */
    public List<String> hearLast() {
        try {
            if (!listener.join(PATIENCE)) {
                throw new AssertionError("the peer's output does not end");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        var rest = new ArrayList<String>();
        heard.drainTo(rest);
        return rest;
    }

    /** Says a line to the peer. */
    public void say(String line) {
        try {
            var writer = process.outputWriter(StandardCharsets.UTF_8);
            writer.write(line);
            writer.newLine();
            writer.flush();
        } catch (IOException e) {
            throw new AssertionError("the peer no longer listens; its errors: " + errors(), e);
        }
    }

    /** Kills the peer as {@code kill -9} does, and waits until it is dead. */
    public void kill() {
        // The process itself would close its output as well, and with it what was said and not yet heard.
        process.toHandle().destroyForcibly();
        awaitEnd();
    }

    /** Asks the peer to end, as {@code kill} does, and waits until it has. */
    public void terminate() {
        signal("TERM");
        awaitEnd();
    }

    /** Stops the peer where it is, as {@code kill -STOP} does: alive to the kernel, and dead to everybody who waits for it. */
    public void pause() {
        signal("STOP");
    }

    /** Lets a {@linkplain #pause() paused} peer go on as if nothing had happened. */
    public void resume() {
        signal("CONT");
    }

    /** Waits until the peer has done its work, and fails if it did not end well. */
    public void awaitSuccess() {
        awaitEnd();
        if (process.exitValue() != 0) {
            throw new AssertionError("the peer ended with status " + process.exitValue() + ": " + errors());
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the peer still runs after " + PATIENCE + "; its errors: " + errors());
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void signal(String name) {
        try {
            var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start();
            if (!kill.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) || kill.exitValue() != 0) {
                throw new AssertionError("could not send SIG" + name + " to the peer");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not send SIG" + name + " to the peer", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private synchronized void keepError(String line) {
        if (errors.size() < 100) {
            errors.add(line);
        }
    }

    private synchronized String errors() {
        return String.join("\n", errors);
    }

    private AssertionError interrupted(InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
        return new AssertionError("interrupted while waiting for a peer", e);
    }

    private static Thread read(String name, BufferedReader reader, Consumer<String> lines) {
        return Thread.ofVirtual().name(name).start(() -> {
            try (reader) {
                reader.lines().forEach(lines);
            } catch (IOException | UncheckedIOException e) {
                // A killed peer may leave half a line; what counts was heard before.
            }
        });
    }
}
