package dev.coatcheck.gallery.images;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;

/** Photos to upload. */
public final class TestImages {
    /** What libwebp writes for one pixel, lossy and lossless. */
    public static final byte[] WEBP_LOSSY =
            Base64.getDecoder().decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA");

    public static final byte[] WEBP_LOSSLESS =
            Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");

    private TestImages() {}

    public static byte[] jpeg(int width, int height) {
        return encoded("jpeg", picture(width, height, BufferedImage.TYPE_INT_RGB));
    }

    public static byte[] png(int width, int height) {
        return encoded("png", picture(width, height, BufferedImage.TYPE_INT_ARGB));
    }

    public static byte[] gif(int width, int height) {
        return encoded("gif", picture(width, height, BufferedImage.TYPE_BYTE_INDEXED));
    }

    /** Red at its left, blue at its right. */
    private static BufferedImage picture(int width, int height, int type) {
        var image = new BufferedImage(width, height, type);
        var graphics = image.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, Color.RED, width, 0, Color.BLUE));
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        return image;
    }

    private static byte[] encoded(String format, BufferedImage image) {
        var bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, format, bytes)) {
                throw new AssertionError("there is no encoder for " + format);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A JPEG of one gray, with as many pixels as asked for; progressive ones are held whole by decoders. */
    static byte[] largeJpeg(int width, int height, boolean progressive) {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        var bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            var settings = writer.getDefaultWriteParam();
            settings.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** A PNG of nothing, in gray with transparency, with as many pixels as asked for. */
    static byte[] largePng(int width, int height) throws IOException {
        var png = new ByteArrayOutputStream();
        png.writeBytes(HexFormat.of().parseHex("89504e470d0a1a0a"));
        writeChunk(png, "IHDR", HexFormat.of().parseHex("%08x%08x0804000000".formatted(width, height)));
        var pixels = new ByteArrayOutputStream();
        try (var deflated = new DeflaterOutputStream(pixels)) {
            var piece = new byte[64 * 1024];
            for (long left = (1 + 2L * width) * height; left > 0; left -= piece.length) {
                deflated.write(piece, 0, (int) Math.min(piece.length, left));
            }
        }
        writeChunk(png, "IDAT", pixels.toByteArray());
        writeChunk(png, "IEND", new byte[0]);
        return png.toByteArray();
    }

    private static void writeChunk(ByteArrayOutputStream png, String type, byte[] content) {
        var body = ByteBuffer.allocate(4 + content.length)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .put(content)
                .array();
        var checksum = new CRC32();
        checksum.update(body);
        png.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
        png.writeBytes(body);
        png.writeBytes(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    }

    /** A JPEG with the orientation that a camera held on its side writes. */
    static byte[] withOrientation(byte[] jpeg, int orientation) {
        var exif = HexFormat.of()
                .parseHex(
                        "ffe10022457869660000" // APP1, its length, "Exif"
                                + "4d4d002a00000008" // big-endian TIFF
                                + "00010112000300000001" // one entry: orientation, a short
                                + "%04x0000".formatted(orientation)
                                + "00000000");
        var bytes = new ByteArrayOutputStream();
        bytes.write(jpeg, 0, 2);
        bytes.writeBytes(exif);
        bytes.write(jpeg, 2, jpeg.length - 2);
        return bytes.toByteArray();
    }

    /** A JPEG that says its size, and behind that another one. */
    static byte[] withSecondFrame(byte[] jpeg, int width, int height) {
        int frame = 2;
        while (jpeg[frame + 1] != (byte) 0xC0) {
            frame += 2 + u16(jpeg, frame + 2);
        }
        int end = frame + 2 + u16(jpeg, frame + 2);
        var second = Arrays.copyOfRange(jpeg, frame, end);
        ByteBuffer.wrap(second).putShort(5, (short) height).putShort(7, (short) width);
        var bytes = new ByteArrayOutputStream();
        bytes.write(jpeg, 0, end);
        bytes.writeBytes(second);
        bytes.write(jpeg, end, jpeg.length - end);
        return bytes.toByteArray();
    }

    /** A JPEG of one gray that goes over its pixels so many times, in which nothing happens after the first. */
    static byte[] jpegOfScans(int side, int scans) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(HexFormat.of().parseHex("ffd8ffdb004300" + "01".repeat(64)));
        bytes.writeBytes(HexFormat.of().parseHex("ffc2000b08%04x%04x01011100".formatted(side, side)));
        // One code for both: a block that is like the one before, and 16,384 blocks of which nothing more is said.
        bytes.writeBytes(
                HexFormat.of().parseHex("ffc400140001" + "00".repeat(16) + "ffc400141001" + "00".repeat(15) + "e0"));
        int blocks = (side / 8) * (side / 8);
        bytes.writeBytes(HexFormat.of().parseHex("ffda0008010100000000" + "00".repeat(blocks / 8)));
        // Of the code's fifteen bits all are zero.
        var nothing = "00".repeat((blocks / 16_384 * 15 + 7) / 8);
        for (int i = 1; i < scans; i++) {
            bytes.writeBytes(HexFormat.of().parseHex("ffda00080101" + "00013f00" + nothing));
        }
        bytes.writeBytes(HexFormat.of().parseHex("ffd9"));
        return bytes.toByteArray();
    }

    /** With these bytes, in hexadecimal digits, in front of the scan that has so many before it. */
    static byte[] withMarkerBeforeScan(byte[] jpeg, int scansBefore, String marker) {
        var digits = HexFormat.of().formatHex(jpeg);
        int scan = digits.indexOf("ffda");
        for (int i = 0; i < scansBefore; i++) {
            scan = digits.indexOf("ffda", scan + 1);
        }
        return HexFormat.of().parseHex(digits.substring(0, scan) + marker + digits.substring(scan));
    }

    private static int u16(byte[] bytes, int place) {
        return ByteBuffer.wrap(bytes).getShort(place) & 0xFFFF;
    }

    public static byte[] truncated(byte[] image) {
        return Arrays.copyOf(image, image.length / 2);
    }

    /** A PNG of which there is only the header, with a size that it claims. */
    public static byte[] pngThatClaims(int width, int height) {
        return HexFormat.of()
                .parseHex("89504e470d0a1a0a0000000d49484452%08x%08x0802000000".formatted(width, height)
                        + "00".repeat(64));
    }

    /** A JPEG of which there is only the header, with a size that it claims. */
    public static byte[] jpegThatClaims(int width, int height) {
        return HexFormat.of()
                .parseHex("ffd8ffc0001108%04x%04x03011100021100031100".formatted(height, width) + "00".repeat(64));
    }

    static BufferedImage decoded(byte[] image) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(image));
    }
}
