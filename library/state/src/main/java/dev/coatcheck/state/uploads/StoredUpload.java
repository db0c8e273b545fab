package dev.coatcheck.state.uploads;

import dev.coatcheck.state.blobs.Blob;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * An upload as its store has it.
 *
 * @param record as it was last written
 * @param version another after every change, which was never one before, and whatever else the adapter needs to find its way; nobody else reads it
 * @param changedAt when it was last changed, by the store's clock
 * @param age how long ago that was when the store answered, by the same clock
 * @param blob what it has become, where it is finished: its bytes are the blob's from then on
 */
public record StoredUpload(UploadRecord record, String version, Instant changedAt, Duration age, Optional<Blob> blob) {

    /** For how long nobody else may write; zero or less where anybody may. */
    Duration leaseLeft() {
        return blob.isPresent() ? Duration.ZERO : record.lease().minus(age);
    }

    boolean hasExpired() {
        return age.compareTo(record.expiry()) >= 0;
    }

    Upload seen() {
        return new Upload(
                record.id(), record.begun(), record.offset(), changedAt.plus(record.expiry()), record.parts(), blob);
    }
}
