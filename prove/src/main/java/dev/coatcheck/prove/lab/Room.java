package dev.coatcheck.prove.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether this machine's memory has room for more processes, as Linux tells it. */
final class Room {
    /** The rest is for what they come to need, and for everybody else. */
    private static final int SHARE = 2;

    private Room() {}

    /** For how many more that take as much memory as these do. None where that cannot be told. */
    static int forMoreLike(Collection<LabInstance> instances) {
        long taken = instances.stream()
                .flatMap(instance -> instance.pids().stream())
                .mapToLong(pid ->
                        kilobytes(Path.of("/proc/" + pid + "/status"), "VmRSS").orElse(0L))
                .sum();
        long available = Stream.of(kilobytes(Path.of("/proc/meminfo"), "MemAvailable"), leftInControlGroup())
                .flatMap(Optional::stream)
                .min(Long::compare)
                .orElse(0L);
        long each = taken / Math.max(1, instances.size());
        return each == 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, available / SHARE / each);
    }

    /** The line {@code name: 123 kB} of a file in {@code /proc}. */
    private static Optional<Long> kilobytes(Path file, String name) {
        return lines(file).stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst();
    }

    /** A container sees the memory of its host, and may take less (control groups, version 2). */
    private static Optional<Long> leftInControlGroup() {
        Optional<Long> most = bytes("memory.max");
        return most.flatMap(limit -> bytes("memory.current").map(current -> Math.max(0, limit - current) / 1024));
    }

    private static Optional<Long> bytes(String name) {
        return lines(Path.of("/sys/fs/cgroup", name)).stream()
                .filter(line -> line.matches("\\d{1,18}"))
                .map(Long::valueOf)
                .findFirst();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of(); // not on Linux, or the process has ended
        }
    }
}
