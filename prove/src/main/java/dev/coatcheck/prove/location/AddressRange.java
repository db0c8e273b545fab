package dev.coatcheck.prove.location;

/**
 * Addresses in a process's memory.
 *
 * @param end the first one after it
 */
public record AddressRange(long start, long end) {
    boolean overlaps(long otherStart, long otherEnd) {
        return Long.compareUnsigned(start, otherEnd) < 0 && Long.compareUnsigned(otherStart, end) < 0;
    }
}
