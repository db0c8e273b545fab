package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.images.Variant;
import java.util.UUID;

/** What the blobs of photos are called. */
final class PhotoBlobs {
    static final String ORIGINAL = "original";

    private PhotoBlobs() {}

    static String original(UUID photo) {
        return key(photo, ORIGINAL);
    }

    static String variant(UUID photo, Variant variant) {
        return key(photo, variant.path());
    }

    /** The blob of a name that somebody asks for is that of no other photo: the id is no text of theirs. */
    static String key(UUID photo, String name) {
        return "photos/" + photo + "/" + name;
    }
}
