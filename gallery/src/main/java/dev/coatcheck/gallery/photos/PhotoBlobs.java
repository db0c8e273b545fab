package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.images.Variant;
import java.util.Optional;
import java.util.UUID;

/** What the blobs of photos are called. */
final class PhotoBlobs {
    static final String ORIGINAL = "original";

    /** What all their keys begin with. */
    static final String PREFIX = "photos/";

    private PhotoBlobs() {}

    static String original(UUID photo) {
        return key(photo, ORIGINAL);
    }

    static String variant(UUID photo, Variant variant) {
        return key(photo, variant.path());
    }

    /** The blob of a name that somebody asks for is that of no other photo: the id is no text of theirs. */
    static String key(UUID photo, String name) {
        return PREFIX + photo + "/" + name;
    }

    /** The photo that a key is of; empty where it is none of ours. */
    static Optional<UUID> photo(String key) {
        var parts = key.split("/", 3);
        return parts.length == 3 ? Ids.parse(parts[1]) : Optional.empty();
    }
}
