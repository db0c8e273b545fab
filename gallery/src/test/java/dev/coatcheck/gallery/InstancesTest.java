package dev.coatcheck.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.gallery.images.TestImages;
import java.io.IOException;
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
    void asking_who_one_is_costs_one_command_on_redis() throws IOException {
        try (var gallery = new TestGallery();
                var monitor = new RedisMonitor(gallery.redisUrl)) {
            var web = gallery.startWeb();
            var visitor = Visitor.loggedIn(web);

            assertThat(monitor.during(() -> visitor.get(web, "/me"))).hasSize(1);
            assertThat(monitor.during(() -> visitor.get(web, "/"))).isEmpty();
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
            assertThat(visitor.get(web, "/metrics").text()).contains("http_requests_in_flight");
        }
    }
}
