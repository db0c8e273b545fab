package dev.coatcheck.gallery.images;

import java.awt.Color;
import java.awt.image.BandCombineOp;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SeekableByteChannel;
import java.util.EnumMap;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import net.coobird.thumbnailator.Thumbnails;

/** Makes the variants of a photo. */
public final class VariantMaker {
    private static final float JPEG_QUALITY = 0.85f;

    /** How bright a pixel looks (ITU-R BT.601), for red, green and blue a part of it each. */
    private static final float[][] SEPIA = {
        {0.299f, 0.587f, 0.114f},
        {0.254f, 0.499f, 0.097f},
        {0.194f, 0.382f, 0.074f}
    };

    private VariantMaker() {}

    /**
     * The variants, as JPEG files. Works in some 150 MB of heap, whatever the size of the photo: what is larger than a
     * screen needs is not decoded in full.
     *
     * @param photo a file that {@link ImageHeader} took for a {@code type}
     * @param madeOne called when each of them is made
     * @throws BrokenImageException where it is none after all
     * @throws IOException where the file cannot be read, also because this thread was interrupted
     */
    public static Map<Variant, byte[]> make(SeekableByteChannel photo, ImageType type, Runnable madeOne)
            throws BrokenImageException, IOException {
        var medium = turned(PhotoDecoder.decode(photo, type));
        var variants = new EnumMap<Variant, byte[]>(Variant.class);
        for (var variant : Variant.values()) {
            variants.put(variant, jpeg(variant(variant, medium)));
            madeOne.run();
        }
        return variants;
    }

    private static BufferedImage variant(Variant variant, BufferedImage medium) {
        return switch (variant) {
            case THUMB -> scaled(medium, Variant.THUMB.side());
            case MEDIUM -> medium;
            case GRAY -> drawn(medium, BufferedImage.TYPE_BYTE_GRAY);
            case SEPIA -> sepia(medium);
        };
    }

    /** Scaled first, which leaves little to turn. */
    private static BufferedImage turned(PhotoDecoder.Decoded decoded) {
        var scaled = scaled(decoded.image(), Variant.MEDIUM.side());
        // What was transparent becomes white, since JPEG has no transparency.
        return drawn(decoded.turn().apply(scaled), BufferedImage.TYPE_INT_RGB);
    }

    /** Made to fit a square; never enlarged. */
    private static BufferedImage scaled(BufferedImage image, int side) {
        double factor = Math.min(1, (double) side / Math.max(image.getWidth(), image.getHeight()));
        int width = Math.max(1, (int) Math.round(image.getWidth() * factor));
        int height = Math.max(1, (int) Math.round(image.getHeight() * factor));
        int model = image.getColorModel().hasAlpha() ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
        try {
            return Thumbnails.of(image)
                    .forceSize(width, height)
                    .imageType(model)
                    .asBufferedImage();
        } catch (IOException e) {
            throw new UncheckedIOException("scaling in memory failed", e);
        }
    }

    private static BufferedImage drawn(BufferedImage image, int model) {
        var result = new BufferedImage(image.getWidth(), image.getHeight(), model);
        var graphics = result.createGraphics();
        graphics.drawImage(image, 0, 0, Color.WHITE, null);
        graphics.dispose();
        return result;
    }

    /** @param image of three bands: red, green and blue */
    private static BufferedImage sepia(BufferedImage image) {
        var result = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        new BandCombineOp(SEPIA, null).filter(image.getRaster(), result.getRaster());
        return result;
    }

    private static byte[] jpeg(BufferedImage image) {
        var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        var bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            var settings = writer.getDefaultWriteParam();
            settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            settings.setCompressionQuality(JPEG_QUALITY);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), settings);
        } catch (IOException e) {
            throw new UncheckedIOException("writing a JPEG to memory failed", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
