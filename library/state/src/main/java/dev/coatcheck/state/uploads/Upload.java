package dev.coatcheck.state.uploads;

import dev.coatcheck.state.blobs.Blob;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An upload as the store knew it a moment ago.
 *
 * @param id its name
 * @param begun what was said when it was begun, and its length where that was said later
 * @param offset how many bytes are kept: where the next is to be appended
 * @param expiresAt when it is forgotten, by the store's clock, unless something is appended before
 * @param parts what it was joined of, if it was
 * @param blob what has become of it, once it is finished
 */
public record Upload(
        UploadId id, NewUpload begun, long offset, Instant expiresAt, List<UploadId> parts, Optional<Blob> blob) {
    public Upload {
        parts = List.copyOf(parts);
    }

    /** This upload, finished. */
    public Upload finishedAs(Blob blob) {
        return new Upload(id, begun, offset, expiresAt, parts, Optional.of(blob));
    }

    /** Whether it is a part, which can only be joined with others. */
    public boolean isPart() {
        return begun.key().isEmpty();
    }

    /** Whether all its bytes have come, as far as it was said how many there are. */
    public boolean isWhole() {
        return begun.length().isPresent() && begun.length().getAsLong() == offset;
    }
}
