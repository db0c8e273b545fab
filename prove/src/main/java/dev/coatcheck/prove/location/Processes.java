package dev.coatcheck.prove.location;

import java.util.List;
import java.util.stream.Stream;

/** The processes of an instance. */
public final class Processes {
    private Processes() {}

    /** A process and all that descend from it, itself first; empty where it has ended and left none. */
    public static List<Long> tree(long pid) {
        return ProcessHandle.of(pid).stream()
                .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
                .map(ProcessHandle::pid)
                .toList();
    }
}
