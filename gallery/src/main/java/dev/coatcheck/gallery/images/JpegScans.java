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
    static final int MOST = 50;

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int START_OF_SCAN = 0xDA;
    private static final int END = 0xD9;

    private JpegScans() {}

    /** Whether there are more than {@link #MOST}; whatever else is wrong with the image, its decoder says. */
    static boolean areTooMany(InputStream jpeg) throws IOException {
        var bytes = new HeaderBytes(new BufferedInputStream(jpeg, BUFFER_BYTES), Integer.MAX_VALUE);
        try {
            int scans = 0;
            int marker = JpegHeader.nextMarker(bytes);
            while (marker != END && scans <= MOST) {
                if (hasLength(marker)) {
                    scans += marker == START_OF_SCAN ? 1 : 0;
                    bytes.skip(Math.max(0, bytes.u16() - 2));
                }
                marker = JpegHeader.nextMarker(bytes);
            }
            return scans > MOST;
        } catch (EOFException e) {
            return false;
        }
    }

    /** Not those that stand alone: the start of the image, restarts within a scan; nor what says that a pixel has the value 255. */
    private static boolean hasLength(int marker) {
        return marker > 0x01 && (marker < 0xD0 || marker > 0xD8);
    }
}
