package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.images.Variant;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A photo as JSON shows it.
 *
 * @param variants where each can be had; empty until they are there
 */
record PhotoView(UUID id, String status, int width, int height, Instant createdAt, Map<String, String> variants) {

    static PhotoView of(Photo photo) {
        var variants = new LinkedHashMap<String, String>();
        if (photo.status() == Photo.Status.READY) {
            for (var variant : Variant.values()) {
                variants.put(variant.path(), "/photos/" + photo.id() + "/" + variant.path());
            }
        }
        return new PhotoView(
                photo.id(), photo.status().text(), photo.width(), photo.height(), photo.createdAt(), variants);
    }
}
