package dev.coatcheck.prove.lab;

import java.time.Instant;
import java.util.List;

/**
 * A process that is to be killed at a moment that counts: all that has to be looked up for that is known before. For one
 * thread at a time.
 */
final class Victim {
    private final LabInstance instance;
    private final List<ProcessHandle> processes;
    private Instant struckAt = Instant.MIN;

    /** Reads the table of processes. */
    Victim(LabInstance instance) {
        this.instance = instance;
        // Whoever watches over others goes first, so that it replaces none of them.
        this.processes = instance.pids().stream()
                .sorted()
                .flatMap(member -> ProcessHandle.of(member).stream())
                .toList();
    }

    LabInstance instance() {
        return instance;
    }

    /** Sends SIGKILL to all that it was made of, at once and without waiting. */
    void strike() {
        struckAt = Instant.now();
        processes.forEach(ProcessHandle::destroyForcibly);
    }

    /** Kills what it had started meanwhile too, and waits for the end of all. */
    Run.Killed bury(int afterStep) {
        return new Run.Killed(instance.name(), instance.servingPid(), afterStep, struckAt, instance.kill());
    }
}
