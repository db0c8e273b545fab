package dev.coatcheck.host.service;

import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.host.process.ExitStatus;
import dev.coatcheck.host.process.ProcessGroup;
import dev.coatcheck.host.process.Signal;
import dev.coatcheck.host.process.Strays;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The running part of a backing server: one process group at a time, its output in the log of its home. */
final class ServerProcess {
    /** Recovery after a kill replays what the server had logged, which on a slow disk takes its time. */
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** For another program to let go of the TCP port: one that looks for a free one has it for a moment. */
    private static final Duration PORT_LIMIT = Duration.ofSeconds(3);

    /** Between the look at the TCP port and the server's own it may still be taken. */
    private static final int MOST_ATTEMPTS = 3;

    private static final Pattern TAKEN = Pattern.compile("address already in use", Pattern.CASE_INSENSITIVE);

    /** Asks a server that was just started whether it serves. */
    interface Probe {
        /**
         * Whether it is ready; false means: not yet.
         *
         * @throws IOException if it never will be, saying why
         */
        boolean isReady() throws IOException;
    }

    private final String name;
    private final ServerHome home;
    private @Nullable ProcessGroup group;

    ServerProcess(String name, ServerHome home) {
        this.name = name;
        this.home = home;
    }

    boolean isRunning() {
        return group != null && group.isAlive();
    }

    /** Starts the command and waits until the probe is content; whatever is left of an earlier run ends first. */
    void start(List<String> command, int tcpPort, Probe probe) throws IOException {
        kill();
        for (int attempt = 1; true; attempt++) {
            if (!await(() -> TcpPorts.isFree(tcpPort), PORT_LIMIT)) {
                throw new IOException("TCP port " + tcpPort + " is in use by another program");
            }
            try {
                startOnce(command, probe);
                return;
            } catch (ServerStartException e) {
                if (attempt == MOST_ATTEMPTS || !TAKEN.matcher(e.getMessage()).find()) {
                    throw e;
                }
            }
        }
    }

    private void startOnce(List<String> command, Probe probe) throws IOException {
        ProcessGroup started = ProcessGroup.start(builder(command));
        group = started;
        // Soon, while its id is still its own.
        Thread.ofVirtual().name(name + "-end").start(() -> {
            started.onExit().join();
            started.close();
        });
        try {
            awaitReady(started, probe);
        } catch (IOException e) {
            started.close();
            throw new ServerStartException(
                    name + " did not start in " + home.folder() + ": " + e.getMessage() + "; " + home.logTail(), e);
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        }
    }

    /** Runs a command to its end, with the server's environment and log. */
    void run(List<String> command) throws IOException {
        try (ProcessGroup run = ProcessGroup.start(builder(command))) {
            await(() -> !run.isAlive(), START_LIMIT);
            if (run.isAlive() || run.leader().exitValue() != 0) {
                throw new ServerStartException(command.getFirst() + " failed in " + home.folder() + ": "
                        + (run.isAlive()
                                ? "not done after " + START_LIMIT.toSeconds() + " s"
                                : run.onExit().join())
                        + "; " + home.logTail());
            }
        }
    }

    /**
     * Ends what an owner who was killed left at work in this folder of the home, and says whether it is certain that
     * nothing is left.
     */
    boolean endStrays(String program, Path workingFolder) {
        return Strays.kill(program, workingFolder, KILL_LIMIT);
    }

    /** Asks with a signal, insists at the limit. */
    void stop(Signal signal) {
        ProcessGroup running = group;
        if (running == null) {
            return;
        }
        try {
            running.signal(signal);
            await(() -> !running.isAlive(), STOP_LIMIT);
        } catch (IOException e) {
            // Could not ask: then by force.
        }
        running.close();
    }

    void kill() {
        if (group != null) {
            group.close();
        }
    }

    CompletableFuture<ExitStatus> onExit() {
        return group == null ? new CompletableFuture<>() : group.onExit();
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.folder().toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(home.log().toFile());
        // Nothing that the user has set for clients (PGPORT, PGDATA …) is meant for this server.
        Map<String, String> environment = builder.environment();
        String path = environment.get("PATH");
        environment.clear();
        environment.put("PATH", path == null ? "/usr/bin:/bin" : path);
        environment.put("LC_ALL", "C");
        environment.put("TZ", "UTC");
        return builder;
    }

    private void awaitReady(ProcessGroup started, Probe probe) throws IOException {
        boolean ready = await(() -> !started.isAlive() || probe.isReady(), START_LIMIT);
        if (!started.isAlive()) {
            throw new IOException("it " + started.onExit().join());
        }
        if (!ready) {
            throw new IOException("no answer within " + START_LIMIT.toSeconds() + " s");
        }
    }

    /** Like a server's own stop, a wait for it is not ended by an interrupt; the interrupt is restored. */
    private static boolean await(Probe condition, Duration limit) throws IOException {
        long start = System.nanoTime();
        boolean interrupted = false;
        try {
            while (true) {
                if (condition.isReady()) {
                    return true;
                }
                if (System.nanoTime() - start >= limit.toNanos()) {
                    return false;
                }
                try {
                    Thread.sleep(PAUSE);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
