package dev.coatcheck.host.process;

import dev.coatcheck.host.SearchPath;
import java.io.IOException;
import java.util.List;

/**
 * The command in front of another that makes it lead a session and a process group of its own without changing its
 * process id: a child of the JVM leads no group, so {@code setsid} has no need to fork and executes in place. Where there
 * is no {@code setsid} (macOS), Perl makes the same system call.
 */
final class Session {
    private Session() {}

    static List<String> prefix() throws IOException {
        SearchPath path = SearchPath.ofThisJvm();
        if (path.find("setsid").isPresent()) {
            return List.of("setsid");
        }
        if (path.find("perl").isPresent()) {
            return List.of(
                    "perl", "-e", "use POSIX; POSIX::setsid(); exec {$ARGV[0]} @ARGV or die \"$ARGV[0]: $!\\n\"", "--");
        }
        throw new IOException("cannot start a process group: neither setsid (of util-linux) nor perl is on the PATH");
    }
}
