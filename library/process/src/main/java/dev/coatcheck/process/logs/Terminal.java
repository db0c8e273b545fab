package dev.coatcheck.process.logs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether standard output is a terminal. */
final class Terminal {
    // The type of a file within its mode, and the type of a terminal, as in stat(2).
    private static final int TYPE = 0170000;
    private static final int CHARACTER_DEVICE = 0020000;

    private Terminal() {}

    /**
     * {@link System#console} does not say: it wants standard input to be a terminal too, and from Java 22 on it may be there
     * without any. So the system is asked what kind of file the descriptor is; where it has none to ask, the answer is no.
     */
    static boolean isStandardOutput() {
        return is(Path.of("/dev/stdout"));
    }

    static boolean is(Path file) {
        try {
            var mode = (Integer) Files.getAttribute(file, "unix:mode");
            return (mode & TYPE) == CHARACTER_DEVICE && !Files.isSameFile(file, Path.of("/dev/null"));
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }
}
