package dev.coatcheck.state.blobs;

/**
 * What an adapter of {@link Blobs} promises beyond the guarantees that all have, as far as its store can hold it. An adapter
 * {@linkplain Blobs#capabilities() declares} its capabilities, and the contract kit tests exactly those.
 */
public enum BlobCapability {
    /**
     * Every blob that was {@linkplain Blobs#put put} has its SHA-256, however large it is and whichever process stored it.
     * Without it, those have it whose bytes were all there, or whose {@linkplain PutOptions#withSha256 checksum was announced},
     * before the store was told of them: for a stream of many parts it is known only when the store has all it will ever keep
     * of it.
     */
    CHECKSUMS,

    /**
     * Of several who at the same moment store a blob {@linkplain PutOptions#onlyIfAbsent() only if there is none}, one
     * does, and the others are told that there is one. Without it each looks before it stores, and the last wins.
     */
    SOLE_CREATION,

    /**
     * Of several who store a blob under one key at the same time each is stored, and the last to finish wins. Without it, who
     * stores one of many parts, and is overtaken, gets a {@link dev.coatcheck.state.BackingServiceException} that says so: what
     * the other stored stays.
     */
    OVERLAPPING_WRITES,

    /**
     * Of several who at the same moment {@linkplain Blobs#delete delete} a blob, one is told that there was one. Without
     * it each looks before it deletes, and more than one may be told so.
     */
    SOLE_DELETION,

    /**
     * Who opens a blob while it is replaced is told of the one whose bytes it gets. Without it the bytes are always those
     * of one blob, and what is told of them may be the other's: the store keeps the two in different places.
     */
    CONSISTENT_READS,

    /**
     * Any key beside any other. Without it {@code a} and {@code a/b} cannot both be there, and what stands between two
     * slashes has 255 characters at the most: the store keeps its objects as files.
     */
    ALL_KEYS
}
