package dev.coatcheck.gallery.images;

import java.util.Arrays;
import java.util.Optional;

/** The types of images that are taken, and how large they may be to be decoded in a small heap. */
public enum ImageType {
    JPEG("image/jpeg", "jpeg", 100),
    PNG("image/png", "png", 100),
    GIF("image/gif", "gif", 100),
    /** Its decoder holds all of the image at once, the others as much of it as is asked for. */
    WEBP("image/webp", "webp", 40);

    /**
     * How many pixels an image may have along a side; no JPEG has more. Decoders hold a few rows at their full width,
     * however few of their pixels are asked for, so an image of one row would be held whole several times over.
     */
    public static final int MAX_SIDE = 65_535;

    private final String contentType;
    private final String format;
    private final int maxMegapixels;

    ImageType(String contentType, String format, int maxMegapixels) {
        this.contentType = contentType;
        this.format = format;
        this.maxMegapixels = maxMegapixels;
    }

    public String contentType() {
        return contentType;
    }

    /** The type that {@link #contentType()} names; empty where it is none that is taken. */
    public static Optional<ImageType> ofContentType(String contentType) {
        return Arrays.stream(values())
                .filter(type -> type.contentType.equals(contentType))
                .findFirst();
    }

    /** The name that Image I/O knows it by. */
    String format() {
        return format;
    }

    public int maxMegapixels() {
        return maxMegapixels;
    }

    boolean takes(int width, int height) {
        return width <= MAX_SIDE && height <= MAX_SIDE && (long) width * height <= maxMegapixels * 1_000_000L;
    }
}
