package dev.coatcheck.gallery.images;

import java.io.IOException;
import java.util.Optional;

/** ISO/IEC 15948: after the signature comes the chunk IHDR. */
final class PngHeader {
    private PngHeader() {}

    static Optional<ImageHeader> readAfterMagic(HeaderBytes bytes) throws IOException {
        if (!bytes.text(4).equals("\r\n\u001a\n")
                || bytes.u32() != 13
                || !bytes.text(4).equals("IHDR")) {
            return Optional.empty();
        }
        long width = bytes.u32();
        long height = bytes.u32();
        return width > Integer.MAX_VALUE || height > Integer.MAX_VALUE
                ? Optional.empty()
                : ImageHeader.of(ImageType.PNG, (int) width, (int) height);
    }
}
