package dev.coatcheck.gallery.images;

import java.io.IOException;
import java.util.Optional;

/** GIF89a: a screen, and images on it, which have sizes of their own. The first image is the one that is decoded. */
final class GifHeader {
    private static final int EXTENSION = 0x21;
    private static final int IMAGE = 0x2C;

    private GifHeader() {}

    static Optional<ImageHeader> readAfterMagic(HeaderBytes bytes) throws IOException {
        var version = bytes.text(2);
        if (!version.equals("7a") && !version.equals("9a")) {
            return Optional.empty();
        }
        int screenWidth = bytes.u16le();
        int screenHeight = bytes.u16le();
        int flags = bytes.u8();
        bytes.skip(2);
        if ((flags & 0x80) != 0) {
            bytes.skip(3L << ((flags & 7) + 1));
        }
        int block = bytes.u8();
        while (block == EXTENSION) {
            bytes.skip(1);
            for (int length = bytes.u8(); length > 0; length = bytes.u8()) {
                bytes.skip(length);
            }
            block = bytes.u8();
        }
        if (block != IMAGE) {
            return Optional.empty();
        }
        bytes.skip(4);
        int width = Math.max(screenWidth, bytes.u16le());
        return ImageHeader.of(ImageType.GIF, width, Math.max(screenHeight, bytes.u16le()));
    }
}
