package dev.coatcheck.process.lifecycle;

import java.time.Duration;

/**
 * The phases of stopping, in the order in which they happen. Readiness has turned false before the first. The steps of one
 * phase run at the same time; the next phase begins when all have ended or the phase's limit is reached.
 */
public enum Phase {
    /** What accepts work stops accepting: server sockets close, job queues are no longer polled. At most 5 s. */
    LISTENERS,

    /** What was accepted is finished: requests in flight, sockets, jobs. At most the drain timeout. */
    WORK,

    /** What work needs is closed: connections to backing services, the health server. At most 5 s. */
    CLIENTS;

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    Duration limit(Duration drainTimeout) {
        return switch (this) {
            case LISTENERS, CLIENTS -> CLOSE_LIMIT;
            case WORK -> drainTimeout;
        };
    }
}
