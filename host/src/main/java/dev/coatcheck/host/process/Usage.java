package dev.coatcheck.host.process;

import java.time.Duration;

/**
 * What processes use of the machine.
 *
 * @param residentBytes memory that is in RAM now, summed over the processes that live: pages that several of them share
 *     (libraries, what a fork has not changed yet) count once for each
 * @param cpuTime of the processes that live and of those that they waited for, user and system together. One that ended
 *     without being waited for by its parent is no longer in it
 */
public record Usage(long residentBytes, Duration cpuTime) {
    static final Usage NOTHING = new Usage(0, Duration.ZERO);

    Usage plus(Usage other) {
        return new Usage(residentBytes + other.residentBytes, cpuTime.plus(other.cpuTime));
    }
}
