package dev.coatcheck.gallery.images;

import java.io.IOException;
import java.util.Optional;

/** ITU-T T.81: segments, each a marker and a length, until the one that begins the frame. */
final class JpegHeader {
    private static final int START_OF_SCAN = 0xDA;
    private static final int END = 0xD9;

    private JpegHeader() {}

    /** Goes on after the start of the image and its first marker. */
    static Optional<ImageHeader> readAfterFirstMarker(HeaderBytes bytes, int first) throws IOException {
        int marker = first;
        while (!beginsFrame(marker)) {
            if (marker == START_OF_SCAN || marker == END) {
                return Optional.empty();
            }
            int length = bytes.u16();
            if (length < 2) {
                return Optional.empty();
            }
            bytes.skip(length - 2);
            marker = nextMarker(bytes);
        }
        bytes.skip(3); // the segment's length, and how many bits a sample has
        int height = bytes.u16();
        return ImageHeader.of(ImageType.JPEG, bytes.u16(), height);
    }

    /** Goes on behind the next byte of 255, and those that follow it to fill. */
    static int nextMarker(HeaderBytes bytes) throws IOException {
        int marker = bytes.u8();
        while (marker != 0xFF) {
            marker = bytes.u8();
        }
        while (marker == 0xFF) {
            marker = bytes.u8();
        }
        return marker;
    }

    /** SOF0 to SOF15, less the three of that range that are something else. */
    private static boolean beginsFrame(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }
}
