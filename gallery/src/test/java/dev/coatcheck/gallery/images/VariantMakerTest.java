package dev.coatcheck.gallery.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VariantMakerTest {
    /** What the Procfile gives a worker, for two photos at once. */
    private static final String WORKER_HEAP = "-Xmx512m";

    @TempDir
    Path folder = Path.of("unset");

    private SeekableByteChannel file(byte[] image) throws IOException {
        return FileChannel.open(Files.write(folder.resolve("image"), image));
    }

    private Map<Variant, byte[]> make(byte[] image, ImageType type) throws IOException, BrokenImageException {
        try (var channel = file(image)) {
            return VariantMaker.make(channel, type, () -> {});
        }
    }

    private BufferedImage made(byte[] image, ImageType type, Variant variant) throws IOException, BrokenImageException {
        return decoded(make(image, type), variant);
    }

    private static BufferedImage decoded(Map<Variant, byte[]> variants, Variant variant) throws IOException {
        return TestImages.decoded(Objects.requireNonNull(variants.get(variant)));
    }

    private static void isSized(BufferedImage image, int width, int height) {
        assertThat(List.of(image.getWidth(), image.getHeight())).containsExactly(width, height);
    }

    @Test
    void a_photo_of_twelve_megapixels_gets_variants_of_their_sizes() throws Exception {
        var variants = make(TestImages.jpeg(4000, 3000), ImageType.JPEG);

        isSized(decoded(variants, Variant.THUMB), 320, 240);
        isSized(decoded(variants, Variant.MEDIUM), 1280, 960);
        var gray = decoded(variants, Variant.GRAY);
        isSized(gray, 1280, 960);
        var pixel = new Color(gray.getRGB(100, 100));
        assertThat(pixel.getRed()).isEqualTo(pixel.getGreen()).isEqualTo(pixel.getBlue());
        var sepia = decoded(variants, Variant.SEPIA);
        isSized(sepia, 1280, 960);
        var brown = new Color(sepia.getRGB(100, 100));
        assertThat(brown.getRed()).isGreaterThan(brown.getGreen());
        assertThat(brown.getGreen()).isGreaterThan(brown.getBlue());
    }

    @Test
    void a_small_image_is_not_enlarged() throws Exception {
        isSized(made(TestImages.png(20, 10), ImageType.PNG, Variant.MEDIUM), 20, 10);
        isSized(made(TestImages.jpeg(1, 1), ImageType.JPEG, Variant.THUMB), 1, 1);
        isSized(made(TestImages.jpeg(5000, 1), ImageType.JPEG, Variant.THUMB), 320, 1);
    }

    @ParameterizedTest
    @CsvSource({"1, 40, 20, RED", "3, 40, 20, BLUE", "6, 20, 40, RED", "8, 20, 40, BLUE"})
    void a_photo_is_shown_upright(int orientation, int width, int height, String atTopLeft) throws Exception {
        var photo = TestImages.withOrientation(TestImages.jpeg(40, 20), orientation);

        var image = made(photo, ImageType.JPEG, Variant.MEDIUM);

        isSized(image, width, height);
        var corner = new Color(image.getRGB(1, 1));
        assertThat(corner.getRed() > corner.getBlue() ? "RED" : "BLUE").isEqualTo(atTopLeft);
    }

    @Test
    void what_is_transparent_becomes_white() throws Exception {
        var clear = new BufferedImage(10, 10, BufferedImage.TYPE_INT_ARGB);
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(clear, "png", bytes);

        assertThat(new Color(
                        made(bytes.toByteArray(), ImageType.PNG, Variant.THUMB).getRGB(5, 5)))
                .isEqualTo(Color.WHITE);
    }

    @Test
    void webp_and_gif_are_decoded() throws Exception {
        isSized(made(TestImages.WEBP_LOSSY, ImageType.WEBP, Variant.MEDIUM), 1, 1);
        isSized(made(TestImages.WEBP_LOSSLESS, ImageType.WEBP, Variant.MEDIUM), 1, 1);
        isSized(made(TestImages.gif(30, 20), ImageType.GIF, Variant.MEDIUM), 30, 20);
    }

    @Test
    void broken_images_are_told_apart_from_trouble() {
        for (var broken : List.of(
                TestImages.truncated(TestImages.jpeg(400, 300)),
                TestImages.truncated(TestImages.png(400, 300)),
                TestImages.pngThatClaims(100, 100),
                new byte[0])) {
            for (var type : ImageType.values()) {
                assertThatThrownBy(() -> make(broken, type)).isInstanceOf(BrokenImageException.class);
            }
        }
    }

    @Test
    void a_file_that_cannot_be_read_says_nothing_of_the_image() throws IOException {
        for (var type : ImageType.values()) {
            try (var channel = file(TestImages.jpeg(400, 300))) {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> VariantMaker.make(channel, type, () -> {}))
                        .isInstanceOf(ClosedByInterruptException.class);
                assertThat(Thread.interrupted()).isTrue();
                assertThatThrownBy(() -> VariantMaker.make(channel, type, () -> {}))
                        .isInstanceOf(ClosedChannelException.class);
            }
        }
    }

    /** The work of a worker, in a JVM with a worker's heap. */
    static final class Small {
        static final int BROKEN = 4; // 3 is that of a JVM that ran out of memory

        private Small() {}

        public static void main(String[] arguments) throws Exception {
            try (var channel = FileChannel.open(Path.of(arguments[0]))) {
                VariantMaker.make(channel, ImageType.valueOf(arguments[1]), () -> {});
            } catch (BrokenImageException e) {
                System.exit(BROKEN);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_largest_photo_fits_the_heap_of_a_worker(boolean progressive) throws Exception {
        isEndOfSmall(0, TestImages.largeJpeg(10_000, 10_000, progressive), ImageType.JPEG);
    }

    @Test
    void the_widest_image_fits_the_heap_of_a_worker_and_a_wider_one_is_not_tried() throws Exception {
        isEndOfSmall(0, TestImages.largePng(65_535, 1_525), ImageType.PNG);
        isEndOfSmall(Small.BROKEN, TestImages.largePng(100_000_000, 1), ImageType.PNG);
    }

    @Test
    void a_bomb_that_is_declared_as_a_small_jpeg_is_broken_and_takes_no_memory() throws Exception {
        var bomb = TestImages.withSecondFrame(TestImages.jpeg(100, 100), 65_000, 65_000);
        assertThat(ImageHeader.read(new ByteArrayInputStream(bomb)))
                .contains(new ImageHeader(ImageType.JPEG, 100, 100));

        isEndOfSmall(Small.BROKEN, bomb, ImageType.JPEG);
    }

    @Test
    void a_bomb_of_scans_is_broken_and_takes_no_time() throws Exception {
        // A thousand times 67 megapixels, in less than 300 kB; to decode them takes minutes.
        var bomb = TestImages.jpegOfScans(8_192, 1_000);
        assertThat(bomb).hasSizeLessThan(300_000);
        assertThat(ImageHeader.read(new ByteArrayInputStream(bomb))
                        .orElseThrow()
                        .isDecodable())
                .isTrue();

        assertThatThrownBy(() -> make(bomb, ImageType.JPEG))
                .isInstanceOf(BrokenImageException.class)
                .hasMessageContaining("more than 50 times");
        isSized(made(TestImages.jpegOfScans(1_024, 50), ImageType.JPEG, Variant.THUMB), 320, 320);
    }

    /** Markers that decoders search on behind, and that seem to be followed by 64 kB of something else. */
    @ParameterizedTest
    @CsvSource({
        "1, fff0fdff, more than 50 times", //
        "1, ff02fdff, more than 50 times",
        "1, ffdefdff, more than 50 times",
        "0, fff0fdff, type f0 before",
        "0, ff02fdff, type 02 before",
        "0, ffdcfdff, type dc before"
    })
    void scans_cannot_be_hidden(int scansBefore, String hiding, String why) {
        var bomb = TestImages.withMarkerBeforeScan(TestImages.jpegOfScans(1_024, 1_000), scansBefore, hiding);

        assertThatThrownBy(() -> make(bomb, ImageType.JPEG))
                .isInstanceOf(BrokenImageException.class)
                .hasMessageContaining(why);
    }

    private void isEndOfSmall(int exitValue, byte[] image, ImageType type) throws IOException, InterruptedException {
        var file = Files.write(folder.resolve("large"), image);
        var log = folder.resolve("log");
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        WORKER_HEAP,
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError", // decoders take this for one more kind of broken image
                        "-cp",
                        System.getProperty("java.class.path"),
                        Small.class.getName(),
                        file.toString(),
                        type.name())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(exitValue);
        } finally {
            process.destroyForcibly();
        }
    }
}
