package dev.coatcheck.host.process;

import java.time.Duration;

/** Waiting for the end of a process that this JVM need not have started. */
public final class ProcessEnd {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private ProcessEnd() {}

    /**
     * Waits until a process has ended. One whose parent has not taken notice yet, a zombie, has. An interrupt does not end the
     * wait, and is restored.
     *
     * @return whether that came within the limit
     */
    public static boolean await(ProcessHandle process, Duration limit) {
        return Patience.await(limit, PAUSE, () -> !process.isAlive() || ProcessTable.find(process.pid()) == null);
    }
}
