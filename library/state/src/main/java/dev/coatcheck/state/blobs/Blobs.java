package dev.coatcheck.state.blobs;

import dev.coatcheck.state.BackingServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * The port for blobs: uploads, and whatever else would otherwise become a file on one machine's disk.
 *
 * <p>Guarantees: a blob is there whole or not at all, in every process, from the moment {@link #put} returns; a writer
 * that dies leaves nothing that a reader can see, and what it leaves in the store is swept later; of two writers of one
 * key the last to finish wins. Bytes stream both ways in constant memory, whatever the size, and carry a SHA-256.
 *
 * <p>A key is 1 to 512 characters of ASCII letters, digits and {@code ! - _ . * ' ( ) /}, as every store takes it; a key
 * never becomes a file name.
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

    /**
     * Stores a blob. Round trips: one for each MiB or part, and two.
     *
     * @param content read to its end, or until it is too large; perhaps not at all where the blob exists and stays; not
     *     closed
     * @throws IOException where {@code content} cannot be read; nothing is stored then
     */
    PutResult put(String key, InputStream content, PutOptions options) throws IOException;

    /** Opens a blob for reading. One round trip, and one for each MiB or so read. */
    ReadResult read(String key, ReadOptions options);

    /** What is known of a blob. One round trip. */
    Optional<Blob> stat(String key);

    /**
     * The blobs whose keys begin with a prefix, in the order of their keys' characters. One round trip.
     *
     * @param prefix any text; the empty string for all
     * @param after only keys after this one; the empty string for the first page
     * @param limit how many at the most, up to 1000
     */
    List<Blob> list(String prefix, String after, int limit);

    /**
     * Deletes a blob. One round trip.
     *
     * @return whether there was one
     */
    boolean delete(String key);
}
