package dev.coatcheck.formation.supervision;

import dev.coatcheck.formation.event.Event.Stream;
import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.host.process.ExitStatus;
import dev.coatcheck.host.process.ProcessGroup;
import dev.coatcheck.host.process.Signal;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One process of an application, from its start to its end, its lines told as events. */
public final class RunningProcess implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** For the readers to come to the end of what an ended process wrote; another that left the group may hold it open. */
    private static final Duration OUTPUT_LIMIT = Duration.ofSeconds(5);

    /** For the end of a killed process to be told. */
    private static final Duration END_LIMIT = Duration.ofSeconds(10);

    /** Of one that even SIGKILL does not end at once, as in an uninterruptible system call. */
    private static final ExitStatus KILLED = new ExitStatus(128 + Signal.KILL.number());

    private final ProcessGroup group;
    private final RecentLines recent = new RecentLines();
    private final List<Thread> readers;

    private RunningProcess(ProcessGroup group, String instance, Journal journal) {
        this.group = group;
        this.readers = List.of(
                read(group.leader().getInputStream(), instance, Stream.STDOUT, journal),
                read(group.leader().getErrorStream(), instance, Stream.STDERR, journal));
    }

    /**
     * Starts a shell command in a process group of its own, with nothing on its standard input. A simple command becomes
     * the leader of the group; of a compound one the shell stays the leader, which is why a signal goes to the whole group.
     *
     * @param environment the whole of it
     * @throws IOException if the system cannot start another process
     */
    public static RunningProcess start(
            String instance, String command, Path folder, Map<String, String> environment, Journal journal)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder("sh", "-c", ShellCommand.inPlaceOfTheShell(command)).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return start(instance, builder, journal);
    }

    /**
     * Starts the builder's command in a process group of its own, with nothing on its standard input.
     *
     * @throws IOException if the system cannot start another process
     */
    public static RunningProcess start(String instance, ProcessBuilder builder, Journal journal) throws IOException {
        return new RunningProcess(ProcessGroup.start(builder.redirectInput(new File("/dev/null"))), instance, journal);
    }

    public ProcessGroup group() {
        return group;
    }

    public long pid() {
        return group.pid();
    }

    /** Completes when the process itself has ended; children that it left may live on until {@link #end}. */
    public CompletableFuture<ExitStatus> onExit() {
        return group.onExit();
    }

    /**
     * Asks every process to end, those that left the group too, and waits until all have.
     *
     * @param enough ends the waiting early
     * @return whether all have ended within the limit
     */
    public boolean terminate(Signal signal, Duration limit, BooleanSupplier enough) throws InterruptedException {
        try {
            group.signalAll(signal);
        } catch (IOException e) {
            return false;
        }
        long start = System.nanoTime();
        while (!enough.getAsBoolean() && System.nanoTime() - start < limit.toNanos()) {
            // The table of processes is looked through only when there is hope.
            if (!group.isAlive() && group.isEmpty()) {
                return true;
            }
            Thread.sleep(PAUSE);
        }
        return false;
    }

    /** Kills what is left of the group, and waits until all that it wrote has been told. */
    public ExitStatus end() throws InterruptedException {
        group.close();
        long deadline = System.nanoTime() + OUTPUT_LIMIT.toNanos();
        for (Thread reader : readers) {
            reader.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
        return group.onExit()
                .completeOnTimeout(KILLED, END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** Kills what is left of the group. */
    @Override
    public void close() {
        group.close();
    }

    /** The last lines that it wrote. */
    public List<String> recentLines() {
        return recent.lines();
    }

    /** How many lines it has written so far. */
    public long linesWritten() {
        return recent.written();
    }

    /** What it has written since it had written so many lines, without what is indented, as the frames of a trace are. */
    public List<String> linesSince(long written) {
        return recent.since(written);
    }

    private Thread read(InputStream stream, String instance, Stream which, Journal journal) {
        // A platform thread: a read from a pipe would hold on to the carrier of a virtual one.
        return Thread.ofPlatform().name(instance + "-" + which).daemon().start(() -> {
            try (stream) {
                LineReader lines = new LineReader(stream);
                for (String line = lines.next(); line != null; line = lines.next()) {
                    recent.add(line);
                    journal.output(instance, which, line);
                }
            } catch (IOException e) {
                // Closed under way, as happens when the process is killed.
            }
        });
    }
}
