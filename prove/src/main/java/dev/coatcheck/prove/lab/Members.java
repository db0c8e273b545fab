package dev.coatcheck.prove.lab;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Processes of an instance at a moment, and which of them started which.
 *
 * @param parents of those whose parent is one of them
 */
record Members(Set<Long> pids, Map<Long, Long> parents, long atNanos) {
    static Members of(Set<Long> pids) {
        Map<Long, Long> parents = new HashMap<>();
        for (long pid : pids) {
            ProcessHandle.of(pid)
                    .flatMap(ProcessHandle::parent)
                    .map(ProcessHandle::pid)
                    .filter(pids::contains)
                    .ifPresent(parent -> parents.put(pid, parent));
        }
        return new Members(pids, parents, System.nanoTime());
    }

    boolean areOlderThan(Duration age) {
        return System.nanoTime() - atNanos > age.toNanos();
    }

    boolean hasBelow(long pid) {
        return parents.containsValue(pid);
    }

    /** Whether it started another that runs the same program, as the master of a server does that forks its workers. */
    boolean hasLikeBelow(long pid) {
        Optional<String> program = program(pid);
        return program.isPresent()
                && parents.entrySet().stream()
                        .anyMatch(child -> child.getValue() == pid
                                && program(child.getKey()).equals(program));
    }

    private static Optional<String> program(long pid) {
        return ProcessHandle.of(pid).flatMap(process -> process.info().command());
    }

    /** Of some processes the one that has the most others above it. */
    long deepest(Set<Long> some) {
        return some.stream()
                .max(Comparator.comparingInt(this::depth).thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    private int depth(long pid) {
        int depth = 0;
        Optional<Long> above = Optional.ofNullable(parents.get(pid));
        while (above.isPresent()) {
            depth++;
            above = above.map(parents::get);
        }
        return depth;
    }
}
