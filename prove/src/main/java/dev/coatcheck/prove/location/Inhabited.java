package dev.coatcheck.prove.location;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A living process as {@code /proc} shows it, and the file system that it sees: an instance may have its own, in
 * namespaces of its own.
 */
record Inhabited(long pid) {
    /** A path of the process as this JVM can open it. */
    Path here(String path) {
        return ownNamespace("mnt") ? proc("root").resolve(path.substring(1)) : Path.of(path);
    }

    /** The folder that it works in, as this JVM can open it. */
    Path workingFolder() {
        return proc("cwd");
    }

    /** What goes before a command that is to see what the process sees. */
    List<String> entering() {
        List<String> command = new ArrayList<>();
        if (ownNamespace("mnt")) {
            command.addAll(List.of("nsenter", "--target", Long.toString(pid), "--mount"));
            if (ownNamespace("user")) {
                command.addAll(List.of("--user", "--preserve-credentials"));
            }
            command.add("--");
        }
        return command;
    }

    /** Whether it has mapped a file whose name begins so, as a library's with its version; false where that cannot be seen. */
    boolean maps(String beginning) {
        try (Stream<String> lines = Files.lines(proc("maps"), StandardCharsets.ISO_8859_1)) {
            return lines.anyMatch(line -> line.startsWith(beginning, line.lastIndexOf('/') + 1));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    /** The program that it runs, as a path in its own file system. */
    Path executable() throws IOException {
        return Files.readSymbolicLink(proc("exe"));
    }

    List<String> commandLine() throws IOException {
        return List.of(
                Files.readString(proc("cmdline"), StandardCharsets.ISO_8859_1).split("\0", -1));
    }

    /** A variable of the environment that it was started with; empty where it has none of this name. */
    String variable(String name) throws IOException {
        String environment = Files.readString(proc("environ"), StandardCharsets.ISO_8859_1);
        for (String entry : environment.split("\0", -1)) {
            if (entry.startsWith(name + "=")) {
                return entry.substring(name.length() + 1);
            }
        }
        return "";
    }

    /** The process id by which it knows itself. */
    String innermostPid() throws IOException {
        String all = status("NSpid");
        return all.substring(all.lastIndexOf('\t') + 1);
    }

    /** Whether it has a handler for a signal, so that sending it does not end the process. */
    boolean catches(int signal) throws IOException {
        return (Long.parseUnsignedLong(status("SigCgt"), 16) & 1L << (signal - 1)) != 0;
    }

    /** The memory that it has, in bytes. */
    long residentBytes() throws IOException {
        return Long.parseLong(status("VmRSS").replaceAll("\\D", "")) * 1024;
    }

    private String status(String field) throws IOException {
        for (String line : Files.readAllLines(proc("status"), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(field + ":")) {
                return line.substring(field.length() + 1).strip();
            }
        }
        throw new IOException(proc("status") + " has no " + field);
    }

    private boolean ownNamespace(String kind) {
        try {
            return !Files.readSymbolicLink(proc("ns/" + kind))
                    .equals(Files.readSymbolicLink(Path.of("/proc/self/ns", kind)));
        } catch (IOException e) {
            return false;
        }
    }

    private Path proc(String file) {
        return Path.of("/proc", Long.toString(pid), file);
    }
}
