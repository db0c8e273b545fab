package dev.coatcheck.state.uploads;

import dev.coatcheck.state.blobs.Blob;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An upload whose parts go directly to the store, as the store knew it a moment ago.
 *
 * @param id its name
 * @param begun what was said when it was begun
 * @param partBytes how many bytes each part has but the last, which has the rest
 * @param parts how many there are; they are numbered from 1
 * @param missing the numbers of those that have not come yet; empty also where it is finished
 * @param expiresAt when it is forgotten, by the store's clock, whatever comes until then
 * @param blob what has become of it, once it is finished
 */
public record DirectUpload(
        UploadId id,
        NewUpload begun,
        int partBytes,
        int parts,
        List<Integer> missing,
        Instant expiresAt,
        Optional<Blob> blob) {
    public DirectUpload {
        missing = List.copyOf(missing);
    }

    /** How many bytes have come, in parts that are whole. */
    public long came() {
        long length = begun.length().orElseThrow();
        long missingBytes = missing.stream()
                .mapToLong(number -> Math.min(partBytes, length - (number - 1L) * partBytes))
                .sum();
        return length - missingBytes;
    }

    /** This upload, finished. */
    public DirectUpload finishedAs(Blob blob) {
        return new DirectUpload(id, begun, partBytes, parts, List.of(), expiresAt, Optional.of(blob));
    }

    /** As uploads that pass through processes are described; whole once all parts have come, finished or not. */
    public Upload asUpload() {
        return new Upload(id, begun, came(), expiresAt, List.of(), blob);
    }
}
