package dev.coatcheck.gallery.images;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * How often a JPEG goes over its pixels. A scan in which nothing happens takes a hundred bytes, and costs a decoder as much as any other:
 * a file of two megabytes would keep it busy for an hour. What cameras and programs write has a dozen.
 */
final class JpegScans {
    private static final int MOST = 50;

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int START = 0xD8;
    private static final int END = 0xD9;
    private static final int START_OF_SCAN = 0xDA;
    private static final int NUMBER_OF_LINES = 0xDC;

    private JpegScans() {}

    /**
     * Refuses an image of too many scans, and one in which they could be hidden; whatever else is wrong with it, its decoder says.
     *
     * @throws IOException where {@code jpeg} cannot be read, which says nothing of the image
     */
    static void requireFew(InputStream jpeg) throws BrokenImageException, IOException {
        var bytes = new HeaderBytes(new BufferedInputStream(jpeg, BUFFER_BYTES), Integer.MAX_VALUE);
        try {
            int scans = 0;
            for (int marker = firstMarker(bytes); marker != END; marker = JpegHeader.nextMarker(bytes)) {
                if (scans == 0 && !mayComeBeforeScans(marker)) {
                    throw new BrokenImageException(
                            "the JPEG has a segment of type %02x before its pixels".formatted(marker));
                }
                scans += marker == START_OF_SCAN ? 1 : 0;
                if (scans > MOST) {
                    throw new BrokenImageException("the JPEG goes over its pixels more than %d times".formatted(MOST));
                }
                if (hasLength(marker)) {
                    bytes.skip(Math.max(0, bytes.u16() - 2));
                }
            }
        } catch (EOFException e) {
            // Few, so far as there are any.
        }
    }

    /** Behind the start of the image. */
    private static int firstMarker(HeaderBytes bytes) throws IOException {
        int marker = JpegHeader.nextMarker(bytes);
        return marker == START ? JpegHeader.nextMarker(bytes) : marker;
    }

    /** Of the others the decoder may say that they have a length, or none, and what is in front of it may say something else. */
    private static boolean mayComeBeforeScans(int marker) {
        return hasLength(marker) && marker != NUMBER_OF_LINES;
    }

    /** The decoder reads a length behind these alone: what it does not know it takes for a marker that stands alone. */
    private static boolean hasLength(int marker) {
        return (marker >= 0xC0 && marker <= 0xCF)
                || (marker >= 0xDA && marker <= 0xDD)
                || (marker >= 0xE0 && marker <= 0xEF)
                || marker == 0xFE;
    }
}
