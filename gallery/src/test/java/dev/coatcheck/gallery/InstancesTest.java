package dev.coatcheck.gallery;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.gallery.images.TestImages;
import dev.coatcheck.host.service.RedisMonitor;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.process.lifecycle.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Instances share nothing but PostgreSQL and Redis, and nobody notices which one answers. */
class InstancesTest {

    @Test
    void who_logs_in_at_one_instance_is_known_to_the_other() {
        try (var gallery = new TestGallery()) {
            var one = gallery.startWeb();
            var two = gallery.startWeb();
            var visitor = new Visitor();
            visitor.register(one);

            assertThat(visitor.logIn(two).status()).isEqualTo(200);
            assertThat(visitor.get(one, "/me").status()).isEqualTo(200);
            assertThat(visitor.get(two, "/me").status()).isEqualTo(200);

            var id = visitor.upload(one, TestImages.jpeg(400, 300))
                    .json()
                    .path("id")
                    .asString();
            assertThat(visitor.get(two, "/photos/" + id).status()).isEqualTo(200);
            assertThat(visitor.get(two, "/photos/" + id + "/original").status()).isEqualTo(200);

            assertThat(visitor.post(two, "/logout", "").status()).isEqualTo(204);
            assertThat(visitor.get(one, "/me").status()).isEqualTo(401);
        }
    }

    @Test
    void an_upload_that_is_sent_again_to_another_instance_is_one_photo() {
        try (var gallery = new TestGallery()) {
            var one = gallery.startWeb();
            var two = gallery.startWeb();
            var visitor = Visitor.loggedIn(one);
            var photo = TestImages.jpeg(800, 600);
            var key = new String[] {"Idempotency-Key", "holiday-1"};

            var first = visitor.upload(one, photo, key);
            var again = visitor.upload(two, photo, key);

            assertThat(first.status()).isEqualTo(201);
            assertThat(again.status()).isEqualTo(201);
            assertThat(again.json()).isEqualTo(first.json());
            assertThat(again.header("Location")).isEqualTo(first.header("Location"));
            assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
            assertThat(visitor.get(two, "/photos").json().path("photos").size()).isOne();
            assertThat(visitor.upload(two, TestImages.jpeg(400, 300), key).status())
                    .isEqualTo(422);
            // A key is its user's own.
            assertThat(Visitor.loggedIn(two).upload(two, photo, key).json()).isNotEqualTo(first.json());
        }
    }

    @Test
    void an_upload_whose_answer_was_never_recorded_is_one_photo_when_it_is_sent_again() throws SQLException {
        try (var gallery = new TestGallery()) {
            var one = gallery.startWeb();
            var two = gallery.startWeb();
            var visitor = Visitor.loggedIn(one);
            var photo = TestImages.jpeg(800, 600);
            var key = new String[] {"Idempotency-Key", "holiday-3"};
            var first = visitor.upload(one, photo, key);

            // As if the instance had died between its photo and the record.
            execute(gallery, "DELETE FROM coatcheck.idempotency");
            var again = visitor.upload(two, photo, key);
            execute(gallery, "DELETE FROM coatcheck.idempotency");
            var other = visitor.upload(two, TestImages.jpeg(400, 300), key);

            assertThat(first.status()).isEqualTo(201);
            for (var answer : List.of(again, other)) {
                assertThat(answer.status()).isEqualTo(201);
                assertThat(answer.header("Idempotent-Replayed")).isEmpty();
                assertThat(answer.json()).isEqualTo(first.json());
            }
            assertThat(statuses(visitor, two)).containsExactly("processing");
            var original = visitor.get(two, first.header("Location") + "/original");
            assertThat(original.body()).isEqualTo(photo);
            assertThat(Visitor.loggedIn(two).upload(two, photo, key).json()).isNotEqualTo(first.json());
        }
    }

    @Test
    void an_upload_under_a_key_that_was_used_long_ago_is_another_photo() throws SQLException {
        try (var gallery = new TestGallery()) {
            var web = gallery.startWeb();
            var visitor = Visitor.loggedIn(web);
            var photo = TestImages.jpeg(800, 600);
            var key = new String[] {"Idempotency-Key", "holiday-4"};
            var locations = new ArrayList<String>();
            for (int day = 0; day < 3; day++) {
                var uploaded = visitor.upload(web, photo, key);
                assertThat(uploaded.status()).isEqualTo(201);
                locations.add(uploaded.header("Location"));

                // As if the instance had died between its photo and the record.
                execute(gallery, "DELETE FROM coatcheck.idempotency");
                assertThat(visitor.upload(web, photo, key).json()).isEqualTo(uploaded.json());

                execute(gallery, "DELETE FROM coatcheck.idempotency"); // its time is over
                execute(gallery, "UPDATE photos SET created_at = created_at - interval '25 hours'");
            }

            assertThat(locations).doesNotHaveDuplicates();
            assertThat(statuses(visitor, web)).hasSize(3);
        }
    }

    private static void execute(TestGallery gallery, String statement) throws SQLException {
        try (var postgres = Postgres.attach(gallery.postgresUrl);
                var connection = postgres.dataSource().getConnection();
                var sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    @Test
    void an_upload_that_was_refused_may_be_sent_again_under_its_key() {
        try (var gallery = new TestGallery()) {
            var web = gallery.startWeb();
            var visitor = Visitor.loggedIn(web);
            var photo = TestImages.png(20, 20);
            var key = new String[] {"Idempotency-Key", "holiday-2"};

            assertThat(visitor.upload(web, new byte[photo.length], key).status())
                    .isEqualTo(415);
            assertThat(visitor.upload(web, photo, key).status()).isEqualTo(201);
        }
    }

    @Test
    void a_new_photo_is_in_the_album_of_the_other_instance_at_once() {
        try (var gallery = new TestGallery()) {
            var one = gallery.startWeb();
            var two = gallery.startWeb();
            var visitor = Visitor.loggedIn(one);
            assertThat(statuses(visitor, two)).isEmpty();

            visitor.upload(one, TestImages.png(20, 20));
            assertThat(statuses(visitor, two)).containsExactly("processing");

            visitor.upload(two, TestImages.png(20, 20));
            assertThat(statuses(visitor, one)).containsExactly("processing", "processing");

            gallery.startWorker();
            // Much sooner than the album would be made anew by itself.
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(statuses(visitor, two)).containsExactly("ready", "ready"));
            assertThat(statuses(visitor, one)).containsExactly("ready", "ready");
        }
    }

    @Test
    void an_album_is_made_once_for_all_instances() throws SQLException {
        try (var gallery = new TestGallery()) {
            var one = gallery.startWeb();
            var two = gallery.startWeb();
            var visitor = Visitor.loggedIn(one);
            visitor.upload(one, TestImages.png(20, 20));
            var album = visitor.get(one, "/photos").text();

            // Behind the gallery's back, so that whoever asks the database notices.
            execute(gallery, "DELETE FROM photos");

            assertThat(visitor.get(two, "/photos").text()).isEqualTo(album);
            assertThat(visitor.get(two, "/photos?after=" + UUID.randomUUID())
                            .json()
                            .path("photos")
                            .size())
                    .isZero();
        }
    }

    private static List<String> statuses(Visitor visitor, URI instance) {
        return visitor.get(instance, "/photos")
                .json()
                .path("photos")
                .valueStream()
                .map(photo -> photo.path("status").asString())
                .toList();
    }

    @Test
    void asking_who_one_is_costs_one_command_on_redis() throws IOException {
        try (var gallery = new TestGallery();
                var monitor = new RedisMonitor(gallery.redisUrl)) {
            var web = gallery.startWeb();
            var visitor = Visitor.loggedIn(web);

            assertThat(least(monitor, () -> visitor.get(web, "/me"))).hasSize(1);
            assertThat(least(monitor, () -> visitor.get(web, "/"))).isEmpty();
        }
    }

    /** Of several times: an instance looks after its channels now and then. */
    private static List<String> least(RedisMonitor monitor, Runnable action) throws IOException {
        var least = monitor.commandsDuring(action);
        for (int i = 0; i < 4; i++) {
            var next = monitor.commandsDuring(action);
            least = next.size() < least.size() ? next : least;
        }
        return least;
    }

    @Test
    void no_connection_is_left_open_when_an_instance_closes_its_clients() throws IOException {
        var met = new CompletableFuture<Integer>();
        try (var connection = new Socket();
                var gallery = new TestGallery()) {
            connection.connect(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), gallery.startWeb().getPort()));
            connection.setSoTimeout(10_000);
            var request = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII);
            connection.getOutputStream().write(request);
            assertThat(connection.getInputStream().read()).isEqualTo('H');
            gallery.onStop(Phase.CLIENTS, () -> met.complete(readOn(connection, request)));
        }

        assertThat(met).isCompletedWithValue(-1);
    }

    /** Reads what there is, asks again, and returns the first byte of the answer. */
    private static int readOn(Socket connection, byte[] request) {
        try {
            var in = connection.getInputStream();
            in.skipNBytes(in.available());
            connection.getOutputStream().write(request);
            return in.read();
        } catch (IOException e) {
            return -1; // closed, and told so
        }
    }

    @Test
    void an_instance_is_ready_and_measured() {
        try (var gallery = new TestGallery()) {
            var web = gallery.startWeb();
            var visitor = new Visitor();

            assertThat(visitor.get(web, "/health/live").status()).isEqualTo(200);
            assertThat(visitor.get(web, "/health/ready").json().path("ready").asBoolean())
                    .isTrue();
            Visitor.loggedIn(web).upload(web, TestImages.jpeg(300, 200));
            assertThat(visitor.get(web, "/metrics").text())
                    .contains("http_requests_in_flight")
                    .contains("jobs_waiting{queue=\"photos\"} 1.0")
                    .contains("jobs_running{queue=\"photos\"} 0.0")
                    .contains("jobs_dead{queue=\"photos\"} 0.0")
                    .contains("jobs_oldest_waiting_seconds{queue=\"photos\"} ");
            assertThat(visitor.get(web, "/metrics", "X-Forwarded-For", "192.0.2.1")
                            .error())
                    .isEqualTo("not_found");
        }
    }
}
