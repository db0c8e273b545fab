package dev.coatcheck.host.process;

import dev.coatcheck.host.SearchPath;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The command in front of another that gives it back SIGINT and SIGQUIT where this JVM was started with one of them ignored,
 * as what a shell without job control runs in the background is. A process inherits that, and no shell can take it back
 * ({@code trap} in POSIX), so that what is to be stopped with SIGINT would never hear of it. Changes no process id.
 *
 * <p>It takes the {@code env} of GNU; where there is none, what is started ignores what this JVM ignores.
 */
public final class UsualSignals {
    private static final List<String> COMMAND = List.of("env", "--default-signal=INT,QUIT");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int SIGINT = 2;
    private static final int SIGQUIT = 3;

    /** Found out once: it does not change while the JVM runs. */
    private static final List<String> PREFIX = find();

    private UsualSignals() {}

    /** To stand before a command; empty where nothing is to be given back, or nothing can be. */
    public static List<String> prefix() {
        return PREFIX;
    }

    private static List<String> find() {
        long ignored = ignored();
        boolean unusual = (ignored & (1L << (SIGINT - 1) | 1L << (SIGQUIT - 1))) != 0;
        return unusual && works() ? COMMAND : List.of();
    }

    /** Bit 0 is signal 1 ({@code proc_pid_status(5)}). */
    private static long ignored() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1).stream()
                    .filter(line -> line.startsWith("SigIgn:"))
                    .mapToLong(line -> Long.parseUnsignedLong(
                            line.substring("SigIgn:".length()).strip(), 16))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // nobody can tell
        }
    }

    private static boolean works() {
        if (SearchPath.ofThisJvm().find(COMMAND.get(0)).isEmpty()) {
            return false;
        }
        try {
            Process trial = new ProcessBuilder(COMMAND.get(0), COMMAND.get(1), "true")
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            Patience.await(LIMIT, Duration.ofMillis(1), () -> !trial.isAlive());
            return !trial.isAlive() && trial.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
