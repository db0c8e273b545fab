package dev.coatcheck.gallery.images;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import net.coobird.thumbnailator.filters.ImageFilter;
import net.coobird.thumbnailator.util.exif.ExifFilterUtils;
import net.coobird.thumbnailator.util.exif.ExifUtils;

/** Decodes as much of a photo as its variants need, in bounded memory. */
final class PhotoDecoder {
    /** What a decoded photo may take; larger ones are decoded at every second, third … pixel of every second, third … row. */
    private static final long MAX_DECODED_BYTES = 80 << 20;

    static {
        ImageIO.setUseCache(false); // no temporary files of its own
    }

    private PhotoDecoder() {}

    /**
     * A photo in memory.
     *
     * @param turn brings it upright, as the camera's metadata say
     */
    record Decoded(BufferedImage image, ImageFilter turn) {}

    /** @throws IOException where {@code photo} cannot be read, which says nothing of the image */
    static Decoded decode(SeekableByteChannel photo, ImageType type) throws BrokenImageException, IOException {
        var readers = ImageIO.getImageReadersByFormatName(type.format());
        if (!readers.hasNext()) {
            throw new IllegalStateException("there is no decoder for " + type);
        }
        if (type == ImageType.JPEG) {
            JpegScans.requireFew(Channels.newInputStream(photo.position(0)));
        }
        var reader = readers.next();
        try (var input = new ChannelImageInput(photo)) {
            // Metadata only where the orientation is looked for: a PNG's may be compressed, and large.
            reader.setInput(input, true, type != ImageType.JPEG);
            try {
                return decode(reader, type);
            } catch (IOException | RuntimeException e) {
                // Decoders meet broken data with all kinds of exceptions.
                throw new BrokenImageException("the " + type + " cannot be decoded: " + e.getMessage(), e);
            } finally {
                input.requireIntact();
            }
        } finally {
            reader.dispose();
        }
    }

    private static Decoded decode(ImageReader reader, ImageType type) throws IOException, BrokenImageException {
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if (!type.takes(width, height)) {
            throw new BrokenImageException(
                    "the %s has %d × %d pixels, more than its header said".formatted(type, width, height));
        }
        var settings = reader.getDefaultReadParam();
        int step = step(reader, width, height);
        settings.setSourceSubsampling(step, step, 0, 0);
        var broken = new TruncationListener();
        reader.addIIOReadWarningListener(broken);
        var image = reader.read(0, settings);
        if (broken.heard()) {
            throw new BrokenImageException("the " + type + " ends too early");
        }
        return new Decoded(image, turn(reader, type));
    }

    private static int step(ImageReader reader, int width, int height) throws IOException {
        var types = reader.getImageTypes(0);
        var model = types.next().getSampleModel();
        long bitsPerPixel = 0;
        for (int band = 0; band < model.getNumBands(); band++) {
            bitsPerPixel += model.getSampleSize(band);
        }
        double bytes = (double) width * height * bitsPerPixel / 8;
        return (int) Math.max(1, Math.ceil(Math.sqrt(bytes / MAX_DECODED_BYTES)));
    }

    private static ImageFilter turn(ImageReader reader, ImageType type) {
        try {
            var orientation = type == ImageType.JPEG ? ExifUtils.getExifOrientation(reader, 0) : null;
            return orientation == null ? image -> image : ExifFilterUtils.getFilterForOrientation(orientation);
        } catch (IOException | RuntimeException e) {
            return image -> image; // metadata that cannot be read say nothing of the pixels
        }
    }
}
