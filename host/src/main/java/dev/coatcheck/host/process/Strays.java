package dev.coatcheck.host.process;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

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
        Path there;
        try {
            there = folder.toRealPath();
        } catch (IOException e) {
            return false;
        }
        AtomicBoolean allSeen = new AtomicBoolean(true);
        return ProcessTable.HAS_PROC
                && Extinction.of(row -> runs(row.pid(), program, there, allSeen), limit)
                && allSeen.get();
    }

    private static boolean runs(long pid, String program, Path folder, AtomicBoolean allSeen) {
        try {
            Path executable = link(pid, "exe").getFileName();
            return executable != null
                    && executable.toString().equals(program)
                    && link(pid, "cwd").equals(folder);
        } catch (AccessDeniedException e) {
            // Another user's. A server that root made somebody else's is among these where a container takes the right
            // to look away; its name can still be read.
            if (ProcessTable.name(pid).equals(program)) {
                allSeen.set(false);
            }
            return false;
        } catch (IOException e) {
            return false; // gone meanwhile, or a thread of the kernel
        }
    }

    private static Path link(long pid, String name) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), name));
    }
}
