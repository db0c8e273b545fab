package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.images.ImageType;
import dev.coatcheck.gallery.images.Variant;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/**
 * What the table of photos says of one. Its bytes are in blobs.
 *
 * @param variants those that were made; none before it is ready
 */
record Photo(
        UUID id,
        UUID account,
        Status status,
        ImageType type,
        int width,
        int height,
        Instant createdAt,
        Set<Variant> variants) {

    /** What has become of it. */
    enum Status {
        /** A worker will make its variants, or is at it. */
        PROCESSING,
        /** Its variants are there. */
        READY,
        /** It could not be decoded. */
        FAILED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Status of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }
}
