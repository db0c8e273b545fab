package dev.coatcheck.contracts.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A process that hangs for a while: its sockets take what is sent, and nothing is done about it. */
public final class PausedProcess {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private PausedProcess() {}

    /** Stops a process, as {@code kill -STOP} does, until each of its threads has stopped; then does something; lets it go on. */
    public static void during(long pid, Runnable step) {
        signal("STOP", pid);
        try {
            // The signal stops one thread first, and the others may go on for a while: on a busy machine, for an
            // answer.
            var threads = Path.of("/proc", "" + pid, "task");
            await().atMost(LIMIT).until(() -> !Files.exists(threads) || allStopped(threads));
            step.run();
        } finally {
            signal("CONT", pid);
        }
    }

    private static boolean allStopped(Path threads) {
        try (var each = Files.newDirectoryStream(threads)) {
            for (var thread : each) {
                var status = Files.readString(thread.resolve("stat"));
                // After the name in parentheses, which may hold anything.
                if (status.charAt(status.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false; // a thread has ended meanwhile
        }
    }

    private static void signal(String name, long pid) {
        try {
            var kill = new ProcessBuilder("kill", "-" + name, "" + pid).start();
            assertThat(kill.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(kill.exitValue()).as("kill -%s %d", name, pid).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending SIG" + name, e);
        }
    }
}
