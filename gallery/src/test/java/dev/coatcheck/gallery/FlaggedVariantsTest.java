package dev.coatcheck.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.gallery.images.TestImages;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a flag shows is shown by every instance, to those whom it is on for. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FlaggedVariantsTest {
    /** Half of the time after which an instance asks by itself: so somebody has told it. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private final TestGallery gallery = new TestGallery();
    private List<URI> instances = List.of();

    @BeforeAll
    void start() {
        instances = List.of(gallery.startWeb(), gallery.startWeb());
        gallery.startWorker();
    }

    @AfterAll
    void stop() {
        gallery.close();
    }

    @Test
    void a_flag_that_a_command_sets_is_seen_by_every_instance_in_all_that_shows_it() {
        var ada = Visitor.loggedIn(instances.getFirst());
        var bob = Visitor.loggedIn(instances.getFirst());
        var photo = photoOf(ada);
        assertThat(variants(ada)).containsOnly("thumb", "medium", "gray");

        gallery.admin("set-flag", "sepia", ada.email);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(variants(ada)).containsOnly("thumb", "medium", "gray", "sepia"));
        for (var instance : instances) {
            assertThat(ada.get(instance, photo).json().path("variants").has("sepia"))
                    .isTrue();
            assertThat(ada.get(instance, photo + "/sepia").status()).isEqualTo(200);
        }
        var bobs = photoOf(bob);
        assertThat(variants(bob)).doesNotContain("sepia");
        assertThat(bob.get(instances.getFirst(), bobs + "/sepia").status()).isEqualTo(404);

        gallery.admin("set-flag", "sepia", "off");

        await().atMost(SOON).untilAsserted(() -> assertThat(variants(ada)).doesNotContain("sepia"));
    }

    @Test
    void a_share_is_the_same_users_on_every_instance() {
        var ada = Visitor.loggedIn(instances.getFirst());
        photoOf(ada);

        gallery.admin("set-flag", "sepia", "100%");
        await().atMost(SOON).untilAsserted(() -> assertThat(variants(ada)).contains("sepia"));

        gallery.admin("set-flag", "sepia", "0%");
        await().atMost(SOON).untilAsserted(() -> assertThat(variants(ada)).doesNotContain("sepia"));
    }

    private String photoOf(Visitor visitor) {
        var instance = instances.getLast();
        var id = visitor.develop(instance, TestImages.jpeg(300, 200)).path("id").asString();
        // The worker tells of the album right after it has told of the photo.
        await().atMost(SOON)
                .until(() -> visitor.get(instance, "/photos")
                        .json()
                        .path("photos")
                        .valueStream()
                        .allMatch(photo -> photo.path("status").asString().equals("ready")));
        return "/photos/" + id;
    }

    /** Of the photo in the album, as all instances show it: each as often as there are instances. */
    private Collection<String> variants(Visitor visitor) {
        return instances.stream()
                .map(instance -> visitor.get(instance, "/photos").json().path("photos"))
                .flatMap(photos -> photos.path(0).path("variants").propertyNames().stream())
                .toList();
    }
}
