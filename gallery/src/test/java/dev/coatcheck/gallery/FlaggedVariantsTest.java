package dev.coatcheck.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.gallery.images.TestImages;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a flag shows is shown by every instance, to those whom it is on for. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FlaggedVariantsTest {
    /** Half of the time after which an instance asks by itself: so somebody has told it. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

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
        assertThat(variants(ada))
                .allSatisfy(shown -> assertThat(shown).containsExactlyInAnyOrder("thumb", "medium", "gray"));

        gallery.admin("set-flag", "sepia", ada.email);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(variants(ada))
                        .allSatisfy(shown ->
                                assertThat(shown).containsExactlyInAnyOrder("thumb", "medium", "gray", "sepia")));
        for (var instance : instances) {
            assertThat(ada.get(instance, photo).json().path("variants").has("sepia"))
                    .isTrue();
            assertThat(ada.get(instance, photo + "/sepia").status()).isEqualTo(200);
        }
        var bobs = photoOf(bob);
        assertThat(variants(bob))
                .allSatisfy(shown -> assertThat(shown).isNotEmpty().doesNotContain("sepia"));
        assertThat(bob.get(instances.getFirst(), bobs + "/sepia").status()).isEqualTo(404);

        gallery.admin("set-flag", "sepia", "off");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(variants(ada))
                        .allSatisfy(shown -> assertThat(shown).isNotEmpty().doesNotContain("sepia")));
    }

    @Test
    void a_share_is_the_same_users_on_every_instance() {
        // So many that a half of them hardly ever is all, or none.
        var visitors = Stream.generate(() -> Visitor.loggedIn(instances.getFirst()))
                .limit(16)
                .toList();
        visitors.forEach(this::photoOf);

        gallery.admin("set-flag", "sepia", "50%");
        await().atMost(PATIENCE).untilAsserted(() -> {
            var shown = visitors.stream().map(this::isShownSepia).toList();
            assertThat(shown).allSatisfy(byInstance -> assertThat(byInstance).hasSize(1));
            assertThat(shown).contains(Set.of(true), Set.of(false));
        });

        gallery.admin("set-flag", "sepia", "0%");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(visitors)
                        .allSatisfy(visitor -> assertThat(isShownSepia(visitor)).containsExactly(false)));
    }

    /** What the instances say: one thing where they agree. */
    private Set<Boolean> isShownSepia(Visitor visitor) {
        return variants(visitor).stream().map(shown -> shown.contains("sepia")).collect(Collectors.toSet());
    }

    private String photoOf(Visitor visitor) {
        var instance = instances.getLast();
        var id = visitor.develop(instance, TestImages.jpeg(300, 200)).path("id").asString();
        // The worker tells of the album right after it has told of the photo.
        await().atMost(PATIENCE)
                .until(() -> visitor.get(instance, "/photos")
                        .json()
                        .path("photos")
                        .valueStream()
                        .allMatch(photo -> photo.path("status").asString().equals("ready")));
        return "/photos/" + id;
    }

    /** Of the photo in the album, as each of the instances shows it. */
    private List<Set<String>> variants(Visitor visitor) {
        return instances.stream()
                .map(instance -> visitor.get(instance, "/photos").json().path("photos"))
                .map(photos -> Set.copyOf(photos.path(0).path("variants").propertyNames()))
                .toList();
    }
}
