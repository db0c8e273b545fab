package dev.coatcheck.prove.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What the threads of a process do, as the system tells everybody. */
final class Threads {
    private Threads() {}

    /**
     * Whether any is running, or would if a processor or the disk were free. One that has accepted a connection and is about
     * to fork for it is so; one that waits for the request is not.
     */
    static boolean anyRuns(long pid) {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                char state = state(Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1));
                if (state == 'R' || state == 'D') {
                    return true;
                }
            }
        } catch (IOException e) {
            // It, or one of its threads, has ended meanwhile.
        }
        return false;
    }

    /** What all of them have used of the processors, to a hundredth of a second; zero when the process has ended. */
    static Duration cpuTime(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }

    /** The first letter after the name, which may hold spaces and parentheses. */
    private static char state(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 1).strip().charAt(0);
    }
}
