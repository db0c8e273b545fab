package dev.coatcheck.state.blobs;

import dev.coatcheck.state.BackingServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The port for blobs: uploads, and whatever else would otherwise become a file on one machine's disk.
 *
 * <p>Guarantees: a blob is there whole or not at all, in every process, from the moment {@link #put} returns; a writer
 * that dies leaves nothing that a reader can see, and what it leaves in the store is swept later; of two writers of one
 * key one wins whole. Bytes stream both ways in constant memory, whatever the size; their SHA-256 is computed on
 * the way in, and kept as far as the store can. What else is promised, an adapter {@linkplain #capabilities() declares}.
 *
 * <p>A key is what {@link BlobKey} says, as every store takes it; a key never becomes a file name here. What an earlier
 * release took for one can still be read, listed and deleted.
 *
 * <p>Every method throws {@link BackingServiceException} where the store cannot be reached or does not answer in time,
 * and {@link IllegalArgumentException} for a key that is none. Thread-safe.
 *
 * <pre>{@code
 * switch (blobs.put("photos/42", upload, PutOptions.ofType("image/jpeg").withMaxBytes(20 << 20))) {
 *     case Stored stored -> remember(stored.blob().etag());
 *     case TooLarge tooLarge -> payloadTooLarge(tooLarge.maxBytes());
 *     case ChecksumMismatch mismatch -> badRequest("the upload was damaged on its way");
 *     case Exists exists -> conflict();
 * }
 * }</pre>
 */
public interface Blobs {

    /** What this adapter promises, as its store can hold it: everything, unless it says otherwise. */
    default Set<BlobCapability> capabilities() {
        return Collections.unmodifiableSet(EnumSet.allOf(BlobCapability.class));
    }

    /**
     * Stores a blob. Round trips: one for each MiB or part, and two.
     *
     * @param content read to its end, or until it is too large; perhaps not at all where the blob exists and stays; not
     *     closed
     * @return {@link PutResult.TooLarge} also where the store takes no blob of that size
     * @throws IOException where {@code content} cannot be read; nothing is stored then
     * @throws IllegalArgumentException also where the metadata is more than the store takes: an object store has 2 KiB
     */
    PutResult put(String key, InputStream content, PutOptions options) throws IOException;

    /**
     * Opens a blob for reading. One round trip, and one for each MiB or so read; a condition may cost one more. Close what
     * was found: it may hold a connection.
     */
    ReadResult read(String key, ReadOptions options);

    /** What is known of a blob. One round trip. */
    Optional<Blob> stat(String key);

    /**
     * The blobs whose keys begin with a prefix, in the order of their keys' characters. One round trip. Whoever needs more of
     * one than a list tells asks for its {@link #stat}.
     *
     * @param prefix any text; the empty string for all
     * @param after only keys after this one; the empty string for the first page
     * @param limit how many at the most, up to 1000
     */
    List<Listed> list(String prefix, String after, int limit);

    /**
     * Deletes a blob. One round trip, or two.
     *
     * @return whether there was one
     */
    boolean delete(String key);
}
