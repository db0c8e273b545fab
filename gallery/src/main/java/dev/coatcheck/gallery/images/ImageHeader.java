package dev.coatcheck.gallery.images;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * What an image's first bytes say of it. Read before anything is decoded, since an image of a few kilobytes can decode to
 * gigabytes; and whatever name and content type it was sent with.
 */
public record ImageHeader(ImageType type, int width, int height) {

    /** How many bytes are looked at, at the most: enough for a camera's metadata, which come before the size in a JPEG. */
    public static final int MAX_BYTES = 1 << 20;

    /** Whether its pixels are few enough to be decoded. */
    public boolean isDecodable() {
        return type.takes(width, height);
    }

    public int megapixels() {
        return Math.toIntExact(((long) width * height + 999_999) / 1_000_000);
    }

    /**
     * Reads a header.
     *
     * @param content at most {@link #MAX_BYTES} are read from it
     * @return empty where it is not the beginning of an image that is taken
     * @throws IOException where {@code content} cannot be read
     */
    public static Optional<ImageHeader> read(InputStream content) throws IOException {
        var bytes = new HeaderBytes(content, MAX_BYTES);
        try {
            var magic = bytes.text(4);
            return switch (magic) {
                case "\u0089PNG" -> PngHeader.readAfterMagic(bytes);
                case "GIF8" -> GifHeader.readAfterMagic(bytes);
                case "RIFF" -> WebpHeader.readAfterMagic(bytes);
                case String jpeg
                when jpeg.startsWith("\u00ff\u00d8\u00ff") -> JpegHeader.readAfterFirstMarker(bytes, jpeg.charAt(3));
                default -> Optional.empty();
            };
        } catch (EOFException e) {
            return Optional.empty();
        }
    }

    static Optional<ImageHeader> of(ImageType type, int width, int height) {
        return width > 0 && height > 0 ? Optional.of(new ImageHeader(type, width, height)) : Optional.empty();
    }
}
