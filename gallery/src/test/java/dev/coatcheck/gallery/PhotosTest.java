package dev.coatcheck.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.gallery.images.TestImages;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PhotosTest {
    private static final byte[] PHOTO = TestImages.jpeg(1600, 1200);

    private final TestGallery gallery = new TestGallery();
    private URI web = URI.create("http://unset");

    @BeforeAll
    void start() {
        web = gallery.startWeb();
        gallery.startWorker();
    }

    @AfterAll
    void stop() {
        gallery.close();
    }

    @Test
    void a_photo_is_processing_at_first_and_then_has_its_variants() throws IOException {
        var visitor = Visitor.loggedIn(web);

        var uploaded = visitor.upload(web, PHOTO);
        assertThat(uploaded.status()).isEqualTo(201);
        assertThat(uploaded.json().path("status").asString()).isEqualTo("processing");
        assertThat(uploaded.header("Location"))
                .isEqualTo("/photos/" + uploaded.json().path("id").asString());

        var view = visitor.develop(web, PHOTO);
        assertThat(view.path("status").asString()).isEqualTo("ready");
        assertThat(view.path("variants").propertyNames()).containsExactly("thumb", "medium", "gray");
        assertThat(view.path("width").asInt()).isEqualTo(1600);

        var thumb = visitor.get(web, view.path("variants").path("thumb").asString());
        assertThat(thumb.status()).isEqualTo(200);
        assertThat(thumb.header("Content-Type")).isEqualTo("image/jpeg");
        assertThat(thumb.header("Cache-Control")).contains("private");
        assertThat(thumb.header("Content-Security-Policy")).contains("default-src 'none'");
        var decoded = ImageIO.read(new ByteArrayInputStream(thumb.body()));
        assertThat(decoded.getWidth()).isEqualTo(320);
        assertThat(decoded.getHeight()).isEqualTo(240);

        var original = visitor.get(web, "/photos/" + view.path("id").asString() + "/original");
        assertThat(original.body()).isEqualTo(PHOTO);
    }

    @Test
    void an_image_that_the_browser_has_is_not_sent_again() {
        var visitor = Visitor.loggedIn(web);
        var path = visitor.develop(web, PHOTO).path("variants").path("gray").asString();
        var etag = visitor.get(web, path).header("ETag");
        assertThat(etag).matches("\"[^\"]+\"");

        var again = visitor.get(web, path, "If-None-Match", etag);

        assertThat(again.status()).isEqualTo(304);
        assertThat(again.header("ETag")).isEqualTo(etag);
        assertThat(again.body()).isEmpty();
        assertThat(visitor.get(web, path, "If-None-Match", "\"other\"").status())
                .isEqualTo(200);
        assertThat(visitor.get(web, path, "If-None-Match", "*,,\"\u00e4").status())
                .isEqualTo(200);
    }

    static Stream<byte[]> imagesOfAllTypes() {
        return Stream.of(
                TestImages.png(40, 30),
                TestImages.gif(40, 30),
                TestImages.WEBP_LOSSY,
                TestImages.WEBP_LOSSLESS,
                TestImages.jpeg(1, 1));
    }

    @ParameterizedTest
    @MethodSource("imagesOfAllTypes")
    void images_of_all_types_get_variants_whatever_name_and_type_they_come_with(byte[] image) {
        var visitor = Visitor.loggedIn(web);
        var uploaded = visitor.upload(web, "photo", "../../etc/passwd%22.exe", image);

        assertThat(uploaded.status()).isEqualTo(201);
        assertThat(visitor.develop(web, image).path("status").asString()).isEqualTo("ready");
    }

    @Test
    void a_broken_image_is_taken_and_marked_as_failed_by_the_worker() {
        var visitor = Visitor.loggedIn(web);

        var view = visitor.develop(web, TestImages.truncated(PHOTO));

        assertThat(view.path("status").asString()).isEqualTo("failed");
        assertThat(view.path("variants").size()).isZero();
        var path = "/photos/" + view.path("id").asString();
        assertThat(visitor.get(web, path + "/thumb").status()).isEqualTo(404);
    }

    @Test
    void the_album_has_the_newest_first_in_pages() {
        var visitor = Visitor.loggedIn(web);
        var tiny = TestImages.png(2, 2);
        var ids = new ArrayList<String>();
        for (int i = 0; i < 30; i++) {
            ids.addFirst(visitor.upload(web, tiny).json().path("id").asString());
        }

        var first = visitor.get(web, "/photos").json();
        var second = visitor.get(web, first.path("next").asString()).json();

        assertThat(first.path("photos").size()).isEqualTo(24);
        assertThat(second.path("next").isNull()).isTrue();
        assertThat(Stream.of(first, second).flatMap(PhotosTest::ids)).containsExactlyElementsOf(ids);
    }

    private static Stream<String> ids(JsonNode album) {
        return StreamSupport.stream(album.path("photos").spliterator(), false)
                .map(photo -> photo.path("id").asString());
    }

    @Test
    void nobody_sees_anothers_photos() {
        var owner = Visitor.loggedIn(web);
        var path = "/photos/" + owner.develop(web, PHOTO).path("id").asString();
        var other = Visitor.loggedIn(web);

        for (var part : new String[] {"", "/thumb", "/original"}) {
            assertThat(owner.get(web, path + part).status()).isEqualTo(200);
            assertThat(other.get(web, path + part).status()).isEqualTo(404);
            assertThat(new Visitor().get(web, path + part).status()).isEqualTo(401);
        }
        assertThat(other.get(web, "/photos").json().path("photos").size()).isZero();
        var after = "/photos?after=" + path.substring("/photos/".length());
        assertThat(other.get(web, after).json().path("photos").size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/photos/x",
                "/photos/1-1-1-1-1",
                "/photos/00000000-0000-0000-0000-000000000000",
                "/photos/00000000-0000-0000-0000-00000000000G",
                "/photos/%00",
                "/photos/..%2f..%2fetc",
                "/photos/00000000-0000-0000-0000-000000000000/thumb/x",
                "/photos/00000000-0000-0000-0000-000000000000/../../me"
            })
    void hostile_ids_are_not_there(String path) {
        var answer = Visitor.loggedIn(web).get(web, path);

        assertThat(answer.status()).isIn(400, 404, 200); // 200 where the client itself resolves the dots
        assertThat(answer.text()).doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "", "%00", "1'--"})
    void hostile_pages_are_a_400(String after) {
        assertThat(Visitor.loggedIn(web).get(web, "/photos?after=" + after).status())
                .isEqualTo(400);
    }

    @Test
    void uploading_needs_a_log_in() {
        var answer = new Visitor().upload(web, PHOTO);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.error()).isEqualTo("not_logged_in");
    }

    @Test
    void what_is_no_image_is_a_415() {
        var visitor = Visitor.loggedIn(web);
        for (var bytes : new byte[][] {
            {},
            {1},
            "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".getBytes(StandardCharsets.UTF_8),
            "GIF89a".getBytes(StandardCharsets.US_ASCII),
            TestImages.pngThatClaims(0, 10),
            new byte[100_000]
        }) {
            var answer = visitor.upload(web, bytes);

            assertThat(answer.status()).isEqualTo(415);
            assertThat(answer.error()).isEqualTo("not_an_image");
        }
    }

    @Test
    void an_image_that_would_decode_to_gigabytes_is_a_413() {
        var answer = Visitor.loggedIn(web).upload(web, TestImages.pngThatClaims(60_000, 60_000));

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.error()).isEqualTo("too_many_pixels");
        assertThat(answer.json().path("message").asString()).contains("3600 megapixels");
    }

    @Test
    void a_photo_that_is_too_large_is_a_413_and_leaves_nothing() {
        var visitor = Visitor.loggedIn(web);
        var large = new byte[TestGallery.MAX_PHOTO_MEGABYTES * 1_000_000 + 1];
        System.arraycopy(PHOTO, 0, large, 0, PHOTO.length);
        var veryLarge = new byte[10_000_000];
        System.arraycopy(PHOTO, 0, veryLarge, 0, PHOTO.length);

        for (var bytes : new byte[][] {large, veryLarge}) {
            var answer = visitor.upload(web, bytes);

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.error()).isEqualTo("photo_too_large");
        }
        assertThat(visitor.get(web, "/photos").json().path("photos").size()).isZero();
    }

    @Test
    void what_is_no_form_with_a_photo_is_refused() {
        var visitor = Visitor.loggedIn(web);
        var form = Visitor.form("limit", "photo", "x.jpg", PHOTO);

        assertThat(visitor.upload(web, "picture", "x.jpg", PHOTO).error()).isEqualTo("no_photo");
        assertThat(visitor.post(web, "/photos", "{}").status()).isEqualTo(415);
        assertThat(post(visitor, form, "multipart/form-data").status()).isEqualTo(415);
        assertThat(post(visitor, form, "multipart/form-data; boundary=other").status())
                .isEqualTo(400);
        assertThat(post(visitor, TestImages.truncated(form), "multipart/form-data; boundary=limit")
                        .status())
                .isEqualTo(400);
        assertThat(post(visitor, new byte[0], "multipart/form-data; boundary=limit")
                        .status())
                .isEqualTo(400);
        assertThat(visitor.get(web, "/photos").json().path("photos").size()).isZero();
    }

    @Test
    void a_form_is_bounded_in_all_its_parts_whatever_length_it_declares() {
        var visitor = Visitor.loggedIn(web);
        var form =
                new String(Visitor.form("limit", "photo", "x.png", TestImages.png(2, 2)), StandardCharsets.ISO_8859_1);
        var filler = "x".repeat(TestGallery.MAX_PHOTO_MEGABYTES * 1_000_000 + 100_000);

        var preamble = postChunked(visitor, filler + "\r\n" + form);
        var otherField = postChunked(visitor, form.replace("never mind", filler));
        var partHeader =
                postChunked(visitor, form.replaceFirst("\r\n\r\n", "\r\nX: " + "x".repeat(10_000) + "\r\n\r\n"));

        assertThat(preamble.error()).isEqualTo("form_too_large");
        assertThat(otherField.error()).isEqualTo("form_too_large");
        assertThat(otherField.status()).isEqualTo(413);
        assertThat(partHeader.error()).isEqualTo("bad_form");
        assertThat(postChunked(visitor, form).status()).isEqualTo(201);
    }

    private Visitor.Answer postChunked(Visitor visitor, String body) {
        return visitor.send(
                "POST",
                web,
                "/photos",
                BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.ISO_8859_1))),
                "Content-Type",
                "multipart/form-data; boundary=limit");
    }

    private Visitor.Answer post(Visitor visitor, byte[] body, String contentType) {
        return visitor.send("POST", web, "/photos", BodyPublishers.ofByteArray(body), "Content-Type", contentType);
    }

    @Test
    void too_many_uploads_in_a_minute_are_a_429() {
        var visitor = Visitor.loggedIn(web);
        int taken = 0;
        long begun = System.nanoTime();
        var answer = visitor.upload(web, new byte[1]);
        while (answer.status() == 415 && taken < 1_000) {
            taken++;
            answer = visitor.upload(web, new byte[1]);
        }

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.error()).isEqualTo("limit_exceeded");
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(1, 60);
        assertThat(answer.header("RateLimit-Policy")).isEqualTo("\"upload\";q=60;w=60");
        assertThat(answer.header("RateLimit")).startsWith("\"upload\";r=0;t=");
        long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
        assertThat((long) taken).isBetween(60L, 61 + seconds); // one a second grows back meanwhile
        assertThat(Visitor.loggedIn(web).upload(web, new byte[1]).status()).isEqualTo(415);
    }

    @Test
    void an_upload_is_told_how_many_are_left_and_looking_costs_none() {
        var visitor = Visitor.loggedIn(web);
        visitor.get(web, "/photos");

        assertThat(visitor.upload(web, PHOTO).header("RateLimit")).startsWith("\"upload\";r=59;t=");
        assertThat(visitor.get(web, "/photos").header("RateLimit")).isEmpty();
    }

    @Test
    void a_photo_of_nobody_is_not_there() {
        assertThat(Visitor.loggedIn(web)
                        .get(web, "/photos/" + UUID.randomUUID())
                        .error())
                .isEqualTo("not_found");
    }
}
