package dev.coatcheck.host.process;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting, with a limit, for what nobody announces. */
final class Patience {
    private Patience() {}

    /**
     * Asks until the answer is yes or the limit is over, at least once. An interrupt does not end it, since who asks is
     * cleaning up; it is restored afterwards.
     */
    static boolean await(Duration limit, Duration pause, BooleanSupplier question) {
        long start = System.nanoTime();
        boolean interrupted = false;
        try {
            while (true) {
                if (question.getAsBoolean()) {
                    return true;
                }
                if (System.nanoTime() - start >= limit.toNanos()) {
                    return false;
                }
                try {
                    Thread.sleep(pause);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
