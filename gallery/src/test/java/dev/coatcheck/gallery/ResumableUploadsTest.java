package dev.coatcheck.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.gallery.images.TestImages;
import dev.coatcheck.postgres.Postgres;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Photos that come in pieces, by tus, each through whichever instance. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResumableUploadsTest {
    private static final byte[] PHOTO = TestImages.jpeg(400, 300);
    private static final String JPEG = "image/jpeg";

    private final TestGallery gallery = new TestGallery();
    private URI one = URI.create("http://unset");
    private URI two = URI.create("http://unset");

    @BeforeAll
    void start() {
        one = gallery.startWeb();
        two = gallery.startWeb();
        gallery.startWorker();
    }

    @AfterAll
    void stop() {
        gallery.close();
    }

    private static Visitor.Answer begin(Visitor visitor, URI instance, long length, String type) {
        var metadata = "filetype " + Base64.getEncoder().encodeToString(type.getBytes(StandardCharsets.UTF_8));
        return tus(
                "POST",
                visitor,
                instance,
                "/uploads",
                new byte[0],
                "Upload-Length",
                "" + length,
                "Upload-Metadata",
                metadata);
    }

    private static Visitor.Answer piece(
            Visitor visitor, URI instance, String upload, int offset, byte[] content, String... headers) {
        var all = new String[headers.length + 4];
        System.arraycopy(headers, 0, all, 4, headers.length);
        all[0] = "Upload-Offset";
        all[1] = "" + offset;
        all[2] = "Content-Type";
        all[3] = "application/offset+octet-stream";
        return tus("PATCH", visitor, instance, upload, content, all);
    }

    private static Visitor.Answer tus(
            String method, Visitor visitor, URI instance, String path, byte[] body, String... headers) {
        var all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Tus-Resumable";
        all[headers.length + 1] = "1.0.0";
        return visitor.send(method, instance, path, BodyPublishers.ofByteArray(body), all);
    }

    /** Sends all of it, and returns the last answer. */
    private Visitor.Answer send(Visitor visitor, byte[] photo, String type) {
        var begun = begin(visitor, one, photo.length, type);
        assertThat(begun.status()).as(begun.text()).isEqualTo(201);
        return piece(visitor, two, begun.header("Location"), 0, photo);
    }

    /** How many originals and uploads there are of anybody. */
    private long held() throws Exception {
        try (var postgres = Postgres.attach(gallery.postgresUrl);
                var connection = postgres.dataSource().getConnection();
                var count = connection.createStatement();
                var row = count.executeQuery("select (select count(*) from coatcheck.blobs where key like '%/original')"
                        + " + (select count(*) from coatcheck.uploads)")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void a_photo_comes_in_pieces_through_two_instances_and_is_one_however_often_it_is_finished() throws Exception {
        var visitor = Visitor.loggedIn(one);
        var half = PHOTO.length / 2;
        var begun = begin(visitor, one, PHOTO.length, JPEG);
        var upload = begun.header("Location");
        assertThat(begun.status()).isEqualTo(201);
        assertThat(begun.header("RateLimit")).startsWith("\"upload\";r=59;t=");

        var first = piece(visitor, two, upload, 0, Arrays.copyOf(PHOTO, half));
        assertThat(first.header("Upload-Offset")).isEqualTo("" + half);
        assertThat(first.header("Photo")).isEmpty();
        assertThat(visitor.get(one, "/photos").json().path("photos").size()).isZero();
        var rest = Arrays.copyOfRange(PHOTO, half, PHOTO.length);
        var wrong = "sha256 "
                + Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-256").digest());
        assertThat(piece(visitor, one, upload, half, rest, "Upload-Checksum", wrong)
                        .status())
                .isEqualTo(460);
        assertThat(piece(visitor, one, upload, half + 1, rest).status()).isEqualTo(409);
        var last = piece(visitor, one, upload, half, rest);

        assertThat(last.status()).isEqualTo(204);
        var photo = last.header("Photo");
        assertThat(tus("HEAD", visitor, two, upload, new byte[0]).header("Photo"))
                .isEqualTo(photo);
        assertThat(tus("HEAD", visitor, one, upload, new byte[0]).header("Photo"))
                .isEqualTo(photo);
        var view = await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> visitor.get(two, photo).json(),
                        answer -> answer.path("status").asString().equals("ready"));
        assertThat(view.path("width").asInt()).isEqualTo(400);
        assertThat(visitor.get(two, "/photos").json().path("photos").size()).isEqualTo(1);
        var original = visitor.get(one, photo + "/original");
        assertThat(original.body()).isEqualTo(PHOTO);
        assertThat(original.header("Content-Type")).isEqualTo(JPEG);
    }

    @Test
    void nobody_touches_anothers_upload() {
        var owner = Visitor.loggedIn(one);
        var other = Visitor.loggedIn(one);
        var upload = begin(owner, one, PHOTO.length, JPEG).header("Location");

        for (var visitor : new Visitor[] {other, new Visitor()}) {
            int refused = visitor == other ? 404 : 401;
            assertThat(tus("HEAD", visitor, two, upload, new byte[0]).status()).isEqualTo(refused);
            assertThat(piece(visitor, two, upload, 0, PHOTO).status()).isEqualTo(refused);
            assertThat(tus("DELETE", visitor, two, upload, new byte[0]).status())
                    .isEqualTo(refused);
        }
        assertThat(begin(new Visitor(), one, 1, JPEG).error()).isEqualTo("not_logged_in");
        assertThat(piece(owner, two, upload, 0, PHOTO).status()).isEqualTo(204);
        assertThat(other.get(two, "/photos").json().path("photos").size()).isZero();
        // A finished one too.
        assertThat(tus("HEAD", other, one, upload, new byte[0]).header("Photo")).isEmpty();
    }

    @Test
    void what_is_no_photo_is_a_clear_error_and_leaves_nothing() throws Exception {
        var visitor = Visitor.loggedIn(one);
        long before = held();
        long tooMuch = TestGallery.MAX_PHOTO_MEGABYTES * 1_000_000 + 1;

        var text = begin(visitor, one, 10, "text/plain");
        assertThat(text.status()).isEqualTo(415);
        assertThat(text.error()).isEqualTo("not_an_image");
        var large = begin(visitor, one, tooMuch, JPEG);
        assertThat(large.status()).isEqualTo(413);
        assertThat(large.json().path("message").asString()).isEqualTo("The photo is larger than 2 MB.");

        var bomb = send(visitor, TestImages.jpegThatClaims(60_000, 60_000), JPEG);
        assertThat(bomb.status()).isEqualTo(413);
        assertThat(bomb.error()).isEqualTo("too_many_pixels");
        assertThat(bomb.json().path("message").asString()).contains("3600 megapixels");
        var disguised = send(visitor, TestImages.pngThatClaims(60_000, 60_000), JPEG);
        assertThat(disguised.status()).isEqualTo(415);
        assertThat(disguised.error()).isEqualTo("wrong_type");
        var headless = send(visitor, TestImages.pngThatClaims(0, 1), "image/png");
        assertThat(headless.error()).isEqualTo("not_an_image");
        assertThat(send(visitor, new byte[] {1}, JPEG).error()).isEqualTo("wrong_type");

        assertThat(visitor.get(two, "/photos").json().path("photos").size()).isZero();
        assertThat(held()).isEqualTo(before);
    }

    @Test
    void what_was_refused_is_not_there_when_it_is_asked_for_again() {
        var visitor = Visitor.loggedIn(one);
        var bomb = TestImages.jpegThatClaims(60_000, 60_000);
        var upload = begin(visitor, one, bomb.length, JPEG).header("Location");

        assertThat(piece(visitor, one, upload, 0, bomb).status()).isEqualTo(413);

        assertThat(tus("HEAD", visitor, two, upload, new byte[0]).status()).isEqualTo(404);
    }

    @Test
    void an_upload_of_a_length_that_is_not_said_is_bounded_all_the_same() {
        var visitor = Visitor.loggedIn(one);
        var metadata = "filetype " + Base64.getEncoder().encodeToString(JPEG.getBytes(StandardCharsets.UTF_8));
        var upload = tus(
                        "POST",
                        visitor,
                        one,
                        "/uploads",
                        new byte[0],
                        "Upload-Defer-Length",
                        "1",
                        "Upload-Metadata",
                        metadata)
                .header("Location");

        var answer = piece(visitor, one, upload, 0, new byte[TestGallery.MAX_PHOTO_MEGABYTES * 1_000_000 + 1]);

        assertThat(answer.status()).isEqualTo(413);
        assertThat(tus("HEAD", visitor, two, upload, new byte[0]).header("Upload-Offset"))
                .isNotEqualTo("" + (TestGallery.MAX_PHOTO_MEGABYTES * 1_000_000 + 1));
    }
}
