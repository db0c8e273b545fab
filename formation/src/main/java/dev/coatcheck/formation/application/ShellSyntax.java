package dev.coatcheck.formation.application;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What the shell itself says of a command before it is ever run: {@code sh -n} reads and does nothing. */
final class ShellSyntax {
    private static final int LIMIT_SECONDS = 10;
    private static final int MOST_BYTES = 4_096;

    private ShellSyntax() {}

    /** What is wrong with it in the shell's own words, or empty where nothing is, or no shell can be asked. */
    static Optional<String> problem(String command) {
        try {
            Process shell = new ProcessBuilder("sh", "-n", "-c", "--", command)
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .start();
            try (InputStream out = shell.getInputStream()) {
                if (!shell.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || shell.exitValue() == 0) {
                    return Optional.empty();
                }
                String said = new String(out.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
                return said.lines().findFirst().map(line -> line.replaceFirst("^sh: (-c: )?(line )?\\d+: ", ""));
            } finally {
                shell.destroyForcibly();
            }
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
