package dev.coatcheck.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.gallery.images.TestImages;
import io.lettuce.core.RedisClient;
import java.net.URI;
import java.net.http.WebSocketHandshakeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What becomes of a photo is told to whoever it belongs to, on whichever instance they listen. */
class LiveProgressTest {
    private final TestGallery gallery = new TestGallery();
    private URI one = URI.create("unset");
    private URI two = URI.create("unset");

    @BeforeEach
    void start() {
        one = gallery.startWeb();
        two = gallery.startWeb();
    }

    @AfterEach
    void stop() {
        gallery.close();
    }

    /** Everything that a socket is told of a photo, to its end. */
    private static List<JsonNode> newsOf(GallerySocket socket) {
        var all = new ArrayList<JsonNode>();
        do {
            all.add(socket.hearNews());
        } while (all.getLast().path("status").asString().equals("processing"));
        return all;
    }

    @Test
    void progress_reaches_the_devices_of_the_user_on_every_instance_and_nobody_else() {
        gallery.startWorker();
        var visitor = Visitor.loggedIn(one);
        var other = Visitor.loggedIn(two);
        try (var here = GallerySocket.listening(visitor, one);
                var there = GallerySocket.listening(visitor, two);
                var others = GallerySocket.listening(other, two)) {
            var id = visitor.upload(one, TestImages.jpeg(400, 300)).json().path("id");

            var heard = newsOf(there);

            assertThat(heard).allMatch(news -> news.path("photo").equals(id));
            assertThat(heard.stream().map(news -> news.path("percent").asInt()))
                    .containsExactly(11, 22, 33, 44, 55, 66, 77, 88, 100, 100);
            assertThat(heard.getLast().path("status").asString()).isEqualTo("ready");
            assertThat(newsOf(here)).isEqualTo(heard);
            assertThat(visitor.get(one, "/photos/" + id.asString())
                            .json()
                            .path("status")
                            .asString())
                    .isEqualTo("ready");

            var another = other.upload(one, TestImages.png(20, 20)).json().path("id");
            assertThat(others.hearNews().path("photo")).isEqualTo(another);
        }
    }

    @Test
    void a_photo_that_cannot_be_read_is_told_of_too() {
        gallery.startWorker();
        var visitor = Visitor.loggedIn(one);
        try (var socket = GallerySocket.listening(visitor, two)) {
            visitor.upload(one, TestImages.truncated(TestImages.jpeg(800, 600)));

            assertThat(newsOf(socket).getLast().path("status").asString()).isEqualTo("failed");
        }
    }

    @Test
    void an_event_stream_tells_the_same() throws Exception {
        var visitor = Visitor.loggedIn(one);
        var begun = new CountDownLatch(1);
        var stream = new FutureTask<>(() -> visitor.lines(two, "/channels?topic=@me", line -> {
            if (line.contains("\"begun\"")) {
                begun.countDown();
            }
            return line.contains("\\\"ready\\\"");
        }));
        Thread.ofVirtual().name("event-stream").start(stream); // which ends with the instance at the latest
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        gallery.startWorker();
        visitor.upload(one, TestImages.png(20, 20));

        assertThat(stream.get(30, TimeUnit.SECONDS))
                .filteredOn(line -> line.contains("\"message\""))
                .hasSize(10);
    }

    @Test
    void who_is_not_logged_in_opens_no_socket_and_no_stream() {
        assertThatThrownBy(() -> GallerySocket.open(new Visitor(), one))
                .hasCauseInstanceOf(WebSocketHandshakeException.class)
                .cause()
                .satisfies(refused -> assertThat(((WebSocketHandshakeException) refused)
                                .getResponse()
                                .statusCode())
                        .isEqualTo(401));
        assertThat(new Visitor().get(one, "/channels?topic=@me").status()).isEqualTo(401);
    }

    @Test
    void only_what_is_meant_for_oneself_can_be_listened_to() {
        try (var socket = GallerySocket.open(Visitor.loggedIn(one), one)) {
            socket.ask("\"topic\":\"somebody\"");
            assertThat(socket.hear("refused").path("topic").asString()).isEqualTo("somebody");
        }
    }

    @Test
    void a_page_opens_a_socket_by_any_name_and_port_of_the_router_and_another_sites_page_does_not() {
        var visitor = Visitor.loggedIn(one);
        visitor.cookies.put(
                "__Host-session", visitor.session()); // as it is called by a name that is not this machine's
        for (var origin : List.of("http://example.org", "https://example.org")) { // TLS may end in front of the router
            GallerySocket.open(
                            visitor,
                            one,
                            "X-Forwarded-Host",
                            "example.org",
                            "X-Forwarded-Port",
                            "80",
                            "X-Forwarded-Proto",
                            "http",
                            "Origin",
                            origin)
                    .close();
        }
        assertThatThrownBy(() -> GallerySocket.open(visitor, one, "Origin", "https://elsewhere.example"))
                .hasCauseInstanceOf(WebSocketHandshakeException.class);
    }

    @Test
    void logging_out_everywhere_closes_the_sockets_of_all_devices_on_all_instances() {
        var phone = Visitor.loggedIn(one);
        var laptop = phone.onAnotherDevice(two);
        var other = Visitor.loggedIn(two);
        try (var first = GallerySocket.listening(phone, one);
                var second = GallerySocket.listening(laptop, two);
                var others = GallerySocket.listening(other, two)) {
            assertThat(phone.post(one, "/logout/everywhere", "").status()).isEqualTo(204);

            assertThat(first.closeCode()).isEqualTo(1008);
            assertThat(second.closeCode()).isEqualTo(1008);
            assertThat(laptop.get(two, "/me").status()).isEqualTo(401);
            assertThat(other.get(two, "/me").status()).isEqualTo(200);
            gallery.startWorker();
            var photo = other.upload(one, TestImages.png(20, 20)).json().path("id");
            assertThat(others.hearNews().path("photo")).isEqualTo(photo);
            assertThat(phone.post(one, "/logout/everywhere", "").status()).isEqualTo(401);
        }
    }

    @Test
    void logging_out_closes_the_sockets_of_that_device_alone() {
        var phone = Visitor.loggedIn(one);
        var laptop = phone.onAnotherDevice(two);
        gallery.startWorker();
        try (var first = GallerySocket.listening(phone, two);
                var second = GallerySocket.listening(laptop, two)) {
            assertThat(phone.post(one, "/logout", "").status()).isEqualTo(204);

            assertThat(first.closeCode()).isEqualTo(1008);
            laptop.upload(one, TestImages.png(20, 20));
            assertThat(newsOf(second)).hasSize(10);
        }
    }

    @Test
    void logging_in_as_somebody_else_closes_the_sockets_of_who_was_logged_in_before() {
        var visitor = Visitor.loggedIn(one);
        var other = Visitor.loggedIn(two);
        try (var socket = GallerySocket.listening(visitor, two)) {
            visitor.post(one, "/login", Visitor.credentials(other.email, Visitor.PASSWORD));

            assertThat(socket.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void a_log_out_that_cannot_be_told_to_all_instances_can_be_tried_again() {
        var visitor = Visitor.loggedIn(one);
        try (var client = RedisClient.create(gallery.redisUrl);
                var redis = client.connect();
                var socket = GallerySocket.listening(visitor, two)) {
            try {
                redis.sync().configSet("maxmemory", "1"); // full: sessions can be ended, and nothing can be told
                assertThat(visitor.post(one, "/logout/everywhere", "").status()).isEqualTo(503);
                assertThat(visitor.post(one, "/logout", "").status()).isEqualTo(503);
            } finally {
                redis.sync().configSet("maxmemory", "0");
            }

            assertThat(visitor.post(one, "/logout/everywhere", "").status()).isEqualTo(204);
            assertThat(socket.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void an_instance_that_stops_sends_its_sockets_to_another_where_they_miss_nothing() {
        var last = gallery.startWeb();
        var visitor = Visitor.loggedIn(one);
        try (var socket = GallerySocket.listening(visitor, last)) {
            gallery.stopLast();
            assertThat(socket.hear("closed").path("reason").asString()).isEqualTo("draining");
            assertThat(socket.closeCode()).isEqualTo(1012);
        }
        gallery.startWorker();
        String position;
        try (var socket = GallerySocket.listening(visitor, one)) {
            visitor.upload(two, TestImages.png(20, 20));
            position = socket.hear("message").path("position").asString();
            newsOf(socket);
        }
        try (var socket = GallerySocket.open(visitor, two)) {
            socket.ask("\"topic\":\"@me\",\"position\":\"" + position + "\"");
            assertThat(newsOf(socket)).hasSize(9);
        }
    }
}
