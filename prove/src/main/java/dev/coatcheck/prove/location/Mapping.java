package dev.coatcheck.prove.location;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A writable range of a process's memory.
 *
 * @param name as the kernel gives it: a file, {@code [heap]}, or nothing
 */
record Mapping(long start, long end, boolean shared, String name) {
    /** The writable mappings of a process, in the order of {@code /proc/PID/maps}; those of devices are left alone. */
    static List<Mapping> writableOf(long pid) throws IOException {
        // A byte is a character here, so that a file name in any encoding passes through.
        return Files.readAllLines(Path.of("/proc/" + pid + "/maps"), StandardCharsets.ISO_8859_1).stream()
                .map(line -> line.split(" +", 6))
                .filter(fields -> fields[1].startsWith("rw"))
                .map(Mapping::of)
                .filter(mapping -> !mapping.isDevice())
                .toList();
    }

    private static Mapping of(String[] fields) {
        int dash = fields[0].indexOf('-');
        return new Mapping(
                Long.parseUnsignedLong(fields[0], 0, dash, 16),
                Long.parseUnsignedLong(fields[0], dash + 1, fields[0].length(), 16),
                fields[1].endsWith("s"),
                fields.length < 6 ? "" : fields[5].strip());
    }

    private boolean isDevice() {
        return name.startsWith("[v") // vdso, vvar, vsyscall: the kernel's
                || (name.startsWith("/dev/") && !name.startsWith("/dev/shm/") && !name.startsWith("/dev/zero"));
    }

    /** What kind of memory it is, for people. */
    String kind() {
        if (name.startsWith("/") && !name.startsWith("/dev/zero") && !name.startsWith("/memfd:")) {
            return shared ? "the mapped file " + name : "its copy of the file " + name;
        }
        if (shared) {
            return "memory that it shares with other processes";
        }
        return name.startsWith("[stack") ? "a stack" : "its own memory";
    }
}
