package dev.coatcheck.host.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The command in front of another that makes it lead a session and a process group of its own without changing its
 * process id: a child of the JVM leads no group, so {@code setsid} has no need to fork and executes in place. Where there
 * is no {@code setsid} (macOS), Perl makes the same system call.
 */
final class Session {
    private Session() {}

    static List<String> prefix() throws IOException {
        if (isOnPath("setsid")) {
            return List.of("setsid");
        }
        if (isOnPath("perl")) {
            return List.of(
                    "perl", "-e", "use POSIX; POSIX::setsid(); exec {$ARGV[0]} @ARGV or die \"$ARGV[0]: $!\\n\"", "--");
        }
        throw new IOException("cannot start a process group: neither setsid (of util-linux) nor perl is on the PATH");
    }

    private static boolean isOnPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        for (String folder : path.split(":", -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }
}
