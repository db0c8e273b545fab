package dev.coatcheck.state.uploads;

import java.time.Duration;
import java.util.List;

/**
 * All that a store keeps of an upload beside its bytes. It is replaced as a whole, by who has seen the one before.
 *
 * @param id its name
 * @param begun what was said when it was begun
 * @param parts what it is joined of, if it is
 * @param chunkSize in how many bytes each of its chunks is stored; the last may have less
 * @param expiry how long after its last change it is forgotten
 * @param lease how long after this change nobody else may write; zero where nobody writes
 * @param offset how many bytes are kept
 * @param digest of those bytes, in a form that can be gone on with: {@link RunningSha256}
 * @param head the first bytes, in hexadecimal
 */
public record UploadRecord(
        UploadId id,
        NewUpload begun,
        List<UploadId> parts,
        int chunkSize,
        Duration expiry,
        Duration lease,
        long offset,
        String digest,
        String head) {
    public UploadRecord {
        parts = List.copyOf(parts);
    }

    static UploadRecord begin(UploadId id, NewUpload begun, List<UploadId> parts, int chunkSize, Duration expiry) {
        return new UploadRecord(id, begun, parts, chunkSize, expiry, Duration.ZERO, 0, new RunningSha256().state(), "");
    }

    /** Whether somebody writes, and what is written need not outlive a crash of the store yet. */
    public boolean isBeingWritten() {
        return !lease.isZero();
    }

    UploadRecord withLease(Duration lease) {
        return new UploadRecord(id, begun, parts, chunkSize, expiry, lease, offset, digest, head);
    }

    UploadRecord withLength(long length) {
        return new UploadRecord(id, begun.withLength(length), parts, chunkSize, expiry, lease, offset, digest, head);
    }

    UploadRecord advanced(long offset, String digest, String head) {
        return new UploadRecord(id, begun, parts, chunkSize, expiry, lease, offset, digest, head);
    }
}
