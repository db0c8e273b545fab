package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.images.Variant;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * A photo as JSON shows it.
 *
 * @param variants where each can be had; empty until they are there
 */
record PhotoView(UUID id, String status, int width, int height, Instant createdAt, Map<String, String> variants) {

    /** @param shown which variants may be shown, where the photo has them */
    static PhotoView of(Photo photo, Set<Variant> shown) {
        var variants = new LinkedHashMap<String, String>();
        for (var variant : photo.variants()) {
            if (shown.contains(variant)) {
                variants.put(variant.path(), "/photos/" + photo.id() + "/" + variant.path());
            }
        }
        return new PhotoView(
                photo.id(), photo.status().text(), photo.width(), photo.height(), photo.createdAt(), variants);
    }
}
