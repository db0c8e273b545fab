package dev.coatcheck.host.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Processes that can be told only by what they run and where: a server such as PostgreSQL overwrites its environment to
 * show a title there, and gives each of its children a session, so that neither a mark nor a group finds a child that
 * outlived its parent.
 */
public final class Strays {
    private Strays() {}

    /**
     * Kills those that run {@code program} with {@code folder} as their working folder, and their descendants. The caller
     * holds a lock which says that nobody else has a right to run it there.
     *
     * @param program the file name of the executable
     * @return whether it is certain that none is left; never where there is no {@code /proc} to tell
     */
    public static boolean kill(String program, Path folder, Duration limit) {
        Path there = folder.toAbsolutePath().normalize();
        return ProcessTable.HAS_PROC && Extinction.of(row -> runs(row.pid(), program) && isIn(row.pid(), there), limit);
    }

    private static boolean runs(long pid, String program) {
        Path executable = link(pid, "exe").getFileName();
        return executable != null && executable.toString().equals(program);
    }

    private static boolean isIn(long pid, Path folder) {
        return link(pid, "cwd").equals(folder);
    }

    private static Path link(long pid, String name) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), name));
        } catch (IOException e) {
            return Path.of(""); // gone meanwhile, or another user's
        }
    }
}
