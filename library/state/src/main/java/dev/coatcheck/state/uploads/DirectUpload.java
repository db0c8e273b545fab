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
}
