package dev.coatcheck.prove.lab;

/**
 * Where a step is played. Numbers only tell one from another: two steps with the same number share what it stands for.
 *
 * @param lane whose cookies and captures are used, where a plan repeats steps for each lane
 * @param process which web process answers
 * @param disk which writable layer that process has; a process has one in its whole life
 */
public record Seat(int lane, int process, int disk) {
    /** A process of its own, on a disk of its own. */
    public static Seat at(int process) {
        return new Seat(process, process, process);
    }

    /** The same cookies, in another process that works on the same disk as before. */
    public Seat inProcess(int other) {
        return new Seat(lane, other, disk);
    }

    public Seat onDisk(int other) {
        return new Seat(lane, process, other);
    }
}
