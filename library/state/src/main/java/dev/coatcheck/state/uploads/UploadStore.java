package dev.coatcheck.state.uploads;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.Blob;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * What an adapter of {@link Uploads} does: it keeps a record for each upload, which it replaces only for who has seen the
 * one before, and the upload's bytes in chunks. An application uses {@link Uploads}.
 *
 * <p>Every upload is a row of chunks of {@link UploadRecord#chunkSize()} bytes, of which the last may be shorter: chunks of
 * a table, parts of a multipart upload (the short one kept beside them until it is whole or the upload is finished), blocks. A
 * chunk is always written whole, from its first byte. The bytes from {@link UploadRecord#offset()} on do not count: they
 * are of a writer that died, or of one that waits for a checksum. They may be written again, with others; the bytes before
 * the offset may not be lost to that. In particular the {@linkplain #tail tail} of the record that is stored can be read
 * at any time, also after chunks of that number and later ones were written without the offset moving.
 *
 * <p>Guarantees: every method that takes a {@link StoredUpload} and changes something does so only while that is what is
 * stored, so that of two who have seen the same, one goes on and the other does not. What was seen is told by something
 * random and not by counting, which begins anew after a crash of the store or when an id is used again. A record and the offset in it never
 * run ahead of the bytes. A change of a record that {@linkplain UploadRecord#isBeingWritten() is being written} may be lost
 * where the store itself crashes; any other may not, nor may what came before it.
 *
 * <p>Every method throws {@link BackingServiceException} where the store cannot be reached or does not answer in time;
 * whether it took effect is unknown then. Thread-safe.
 */
public interface UploadStore {

    /** In which chunks to store an upload of at most so many bytes. A writer holds one in memory. No round trip. */
    int chunkSize(long maxBytes);

    /** How many bytes an upload can have here; one that is announced with more is refused when it begins. No round trip. */
    default long mostBytes() {
        return Long.MAX_VALUE;
    }

    /**
     * Begins to keep an upload.
     *
     * @return empty, and nothing changed, where there is one of this id
     */
    Optional<StoredUpload> create(UploadRecord upload);

    /** The upload as it is stored, even if it has expired and was not swept yet. */
    Optional<StoredUpload> find(UploadId id);

    /** The bytes of the chunk that the offset lies in, up to the offset. Not asked where it lies between two chunks. */
    byte[] tail(StoredUpload upload);

    /**
     * Replaces the record.
     *
     * @return empty, and nothing changed, where {@code was} is not what is stored
     */
    Optional<StoredUpload> replace(StoredUpload was, UploadRecord becomes);

    /**
     * Writes a chunk and replaces the record, both or neither as far as anybody can see.
     *
     * @return empty, and nothing changed that counts, where {@code was} is not what is stored
     */
    Optional<StoredUpload> write(StoredUpload was, UploadRecord becomes, Chunk chunk);

    /**
     * The bytes of an upload which is {@linkplain Upload#isWhole() whole} and has no key, from the first to the offset. It
     * is not appended to any more. Not closed by the store.
     *
     * @throws IOException where they are gone; so does the stream, and with a {@link BackingServiceException} as the cause
     *     where the store fails
     */
    InputStream open(StoredUpload part) throws IOException;

    /**
     * Makes the bytes before the offset the blob of {@link NewUpload#key()}, and the record one that has a blob. Asked by
     * who holds the lease; where a process died in the middle of this, it is asked again, and ends as it would have.
     *
     * @param sha256 of the bytes, in lower-case hexadecimal
     */
    Finish finish(StoredUpload was, String sha256);

    /** What came of {@link #finish}. */
    sealed interface Finish {

        /** The blob is there, and the record says so. */
        record Stored(Blob blob) implements Finish {}

        /** There is a blob under the key, and it is to stay; the bytes and the record are gone. */
        record Exists() implements Finish {}

        /** {@code was} is not what is stored; nothing changed. */
        record Changed() implements Finish {}
    }

    /**
     * Forgets an upload, whatever it is by now, and the bytes that are not a blob's; who is writing cannot any more.
     *
     * @return whether there was one
     */
    boolean remove(UploadId id);

    /**
     * Forgets an upload that is not finished, as {@link #remove(UploadId)} does, while it is what was seen.
     *
     * @return whether it was
     */
    boolean remove(StoredUpload was);

    /**
     * Removes uploads that have expired, and what is left of writers that died.
     *
     * @param limit how many of them at the most
     * @return how many were removed
     */
    int sweep(int limit);
}
