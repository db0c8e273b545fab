package dev.coatcheck.gallery.images;

import java.io.IOException;
import java.util.Optional;

/** RFC 9649: a RIFF file with one frame (VP8 or VP8L), or with a canvas (VP8X) and frames on it. */
final class WebpHeader {
    private WebpHeader() {}

    static Optional<ImageHeader> readAfterMagic(HeaderBytes bytes) throws IOException {
        bytes.skip(4); // the file's length
        if (!bytes.text(4).equals("WEBP")) {
            return Optional.empty();
        }
        var first = bytes.text(4);
        long length = bytes.u32le();
        if (!first.equals("VP8X")) {
            return frame(bytes, first);
        }
        bytes.skip(4);
        int width = bytes.u24le() + 1;
        int height = bytes.u24le() + 1;
        bytes.skip(length - 10);
        // A decoder goes by the size of the frame, which must not be larger than the canvas that is checked.
        return firstFrame(bytes)
                .filter(frame -> frame.width() <= width && frame.height() <= height)
                .flatMap(frame -> ImageHeader.of(ImageType.WEBP, width, height));
    }

    private static Optional<ImageHeader> firstFrame(HeaderBytes bytes) throws IOException {
        while (true) {
            var name = bytes.text(4);
            long length = bytes.u32le();
            switch (name) {
                case "VP8 ", "VP8L" -> {
                    return frame(bytes, name);
                }
                // An animation's frame: its place and time, and then chunks of its own.
                case "ANMF" -> bytes.skip(16);
                default -> bytes.skip(length + (length & 1));
            }
        }
    }

    private static Optional<ImageHeader> frame(HeaderBytes bytes, String name) throws IOException {
        return switch (name) {
            case "VP8 " -> {
                bytes.skip(3);
                if (!bytes.text(3).equals("\u009d\u0001*")) {
                    yield Optional.empty();
                }
                int width = bytes.u16le() & 0x3FFF;
                yield ImageHeader.of(ImageType.WEBP, width, bytes.u16le() & 0x3FFF);
            }
            case "VP8L" -> {
                if (bytes.u8() != 0x2F) {
                    yield Optional.empty();
                }
                long bits = bytes.u32le();
                yield ImageHeader.of(ImageType.WEBP, (int) (bits & 0x3FFF) + 1, (int) (bits >> 14 & 0x3FFF) + 1);
            }
            default -> Optional.empty();
        };
    }
}
