package dev.coatcheck.gallery.images;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What is made of every photo, each a JPEG. */
public enum Variant {
    /** Fits a square of 320 pixels. */
    THUMB(320),
    /** Fits a square of 1280 pixels. */
    MEDIUM(1280),
    /** {@link #MEDIUM} without colours. */
    GRAY(1280),
    /** {@link #MEDIUM} in the brown of old photographs. */
    SEPIA(1280);

    public static final String CONTENT_TYPE = "image/jpeg";

    private final int side;

    Variant(int side) {
        this.side = side;
    }

    /** The longest side that it may have, in pixels. */
    int side() {
        return side;
    }

    /** The one that is called so; empty where this release knows none. */
    public static Optional<Variant> ofPath(String path) {
        return Arrays.stream(values())
                .filter(variant -> variant.path().equals(path))
                .findFirst();
    }

    /** How it is called in URLs and in the store. */
    public String path() {
        return name().toLowerCase(Locale.ROOT);
    }
}
