package dev.coatcheck.host.service;

/** What committed data outlives. Either way it outlives the server being killed. */
public enum Durability {
    /**
     * A power cut too, as far as the server promises it: PostgreSQL at every commit, Redis but for the last second, the
     * object store as soon as the system has written its files, Memcached never.
     */
    POWER_LOSS,
    /** Not a power cut: nothing waits for the disk. For tests. */
    PROCESS_LOSS
}
