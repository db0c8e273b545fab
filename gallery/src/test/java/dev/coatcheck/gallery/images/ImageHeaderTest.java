package dev.coatcheck.gallery.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ImageHeaderTest {
    private static Optional<ImageHeader> read(byte[] bytes) throws IOException {
        return ImageHeader.read(new ByteArrayInputStream(bytes));
    }

    @Test
    void tells_type_and_size() throws IOException {
        assertThat(read(TestImages.jpeg(31, 17))).contains(new ImageHeader(ImageType.JPEG, 31, 17));
        assertThat(read(TestImages.png(31, 17))).contains(new ImageHeader(ImageType.PNG, 31, 17));
        assertThat(read(TestImages.gif(31, 17))).contains(new ImageHeader(ImageType.GIF, 31, 17));
        assertThat(read(TestImages.WEBP_LOSSY)).contains(new ImageHeader(ImageType.WEBP, 1, 1));
        assertThat(read(TestImages.WEBP_LOSSLESS)).contains(new ImageHeader(ImageType.WEBP, 1, 1));
        assertThat(read(TestImages.withOrientation(TestImages.jpeg(31, 17), 6)))
                .contains(new ImageHeader(ImageType.JPEG, 31, 17));
    }

    @Test
    void tells_the_canvas_of_an_extended_webp_and_refuses_a_frame_that_is_larger() throws IOException {
        var canvas = "5249464600000000574542505650385 80a00000000000000%s%s".replace(" ", "");
        var frame = "56503820 16000000 300100 9d012a %s %s".replace(" ", "") + "00".repeat(16);
        var fits = HexFormat.of().parseHex(canvas.formatted("630000", "630000") + frame.formatted("6400", "6400"));
        var bomb = HexFormat.of().parseHex(canvas.formatted("630000", "630000") + frame.formatted("ff3f", "ff3f"));

        assertThat(read(fits)).contains(new ImageHeader(ImageType.WEBP, 100, 100));
        assertThat(read(bomb)).isEmpty();
    }

    @Test
    void knows_what_can_be_decoded() {
        assertThat(new ImageHeader(ImageType.JPEG, 10_000, 10_000).isDecodable())
                .isTrue();
        assertThat(new ImageHeader(ImageType.JPEG, 10_001, 10_000).isDecodable())
                .isFalse();
        assertThat(new ImageHeader(ImageType.PNG, Integer.MAX_VALUE, Integer.MAX_VALUE).isDecodable())
                .isFalse();
        assertThat(new ImageHeader(ImageType.PNG, 65_535, 1).isDecodable()).isTrue();
        assertThat(new ImageHeader(ImageType.PNG, 65_536, 1).isDecodable()).isFalse();
        assertThat(new ImageHeader(ImageType.PNG, 1, 65_536).isDecodable()).isFalse();
    }

    static Stream<byte[]> images() {
        return Stream.of(
                TestImages.jpeg(31, 17),
                TestImages.png(31, 17),
                TestImages.gif(31, 17),
                TestImages.WEBP_LOSSY,
                TestImages.WEBP_LOSSLESS);
    }

    @ParameterizedTest
    @MethodSource("images")
    void damaged_headers_break_nothing(byte[] image) throws IOException {
        var random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            var damaged = image.clone();
            for (int bytes = random.nextInt(4); bytes >= 0; bytes--) {
                damaged[random.nextInt(Math.min(damaged.length, 64))] = (byte) random.nextInt(256);
            }
            read(damaged)
                    .ifPresent(header -> assertThat(header.width() > 0 && header.height() > 0)
                            .isTrue());
        }
        for (int length = 0; length < Math.min(image.length, 64); length++) {
            read(Arrays.copyOf(image, length));
        }
    }

    @Test
    void looks_no_further_than_it_says() throws IOException {
        // A JPEG that is all comments.
        var endless = new byte[ImageHeader.MAX_BYTES + 70_000];
        endless[0] = (byte) 0xFF;
        endless[1] = (byte) 0xD8;
        for (int i = 2; i + 4 < endless.length; i += 60_002) {
            endless[i] = (byte) 0xFF;
            endless[i + 1] = (byte) 0xFE;
            endless[i + 2] = (byte) (60_000 >> 8);
            endless[i + 3] = (byte) (60_000 & 0xFF);
        }
        var stream = new ByteArrayInputStream(endless);

        assertThat(ImageHeader.read(stream)).isEmpty();
        assertThat(endless.length - stream.available()).isLessThanOrEqualTo(ImageHeader.MAX_BYTES);
    }
}
