package dev.coatcheck.state.leases;

/** What came of asking for a lease. */
public sealed interface Acquisition {

    /** It is held, and renewed in the background until it is {@linkplain Lease#close() released}. */
    record Acquired(Lease lease) implements Acquisition {}

    /**
     * Another holds it: another process, or another part of this one.
     *
     * @param holder who held it when the store was last asked
     */
    record Busy(Holder holder) implements Acquisition {}
}
