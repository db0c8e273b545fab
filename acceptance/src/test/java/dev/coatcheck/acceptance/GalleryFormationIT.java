package dev.coatcheck.acceptance;

import static dev.coatcheck.acceptance.Visitor.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.s3.S3;
import dev.coatcheck.state.jobs.QueueDepth;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole house, in the order in which a person would try it. The tests share one formation and one visitor, since
 * what each of them asks is whether what the ones before left behind is still there.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GalleryFormationIT {
    private static final String ADA = "{\"email\":\"ada@example.org\",\"password\":\"correct horse battery\"}";
    private static final Duration READY_LIMIT = Duration.ofSeconds(90);

    /** What the gallery stores in one request to an object store. */
    private static final int PART = 5 << 20;

    private final Visitor ada = new Visitor();
    private final byte[] photo = Pictures.jpeg(4000, 3000);
    private Path folder;
    private RunningFormation formation;
    private String photoPath = "/photos/none-was-uploaded";

    @BeforeAll
    void up(@TempDir Path temporary) throws IOException {
        folder = RunningFormation.copyOfTheGallery(temporary);
        formation = RunningFormation.up(folder, 3, 2);
    }

    @AfterAll
    void down() {
        formation.close();
    }

    @Test
    @Order(1)
    void a_person_who_logged_in_is_known_to_every_instance() throws Exception {
        assertThat(ada.post(formation.address(), "/register", ADA).statusCode()).isEqualTo(201);
        assertThat(ada.post(formation.address(), "/login", ADA).statusCode()).isEqualTo(200);

        Set<String> instances = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            var me = ada.get(formation.address(), "/me");
            assertThat(me.statusCode()).isEqualTo(200);
            assertThat(json(me).path("email").asString()).isEqualTo("ada@example.org");
            instances.add(me.headers().firstValue("X-Coatcheck-Instance").orElse("nobody"));
        }
        assertThat(instances).containsExactlyInAnyOrder("web.1", "web.2", "web.3");
    }

    @Test
    @Order(2)
    void a_log_in_on_one_instance_is_good_on_another() throws Exception {
        var web = formation.ps("web");
        var bob = new Visitor();
        var body = "{\"email\":\"bob@example.org\",\"password\":\"correct horse battery\"}";

        assertThat(bob.post(web.get(0).address(), "/register", body).statusCode())
                .isEqualTo(201);
        assertThat(bob.post(web.get(0).address(), "/login", body).statusCode()).isEqualTo(200);

        assertThat(bob.get(web.get(1).address(), "/me").statusCode()).isEqualTo(200);
        assertThat(bob.get(web.get(2).address(), "/me").statusCode()).isEqualTo(200);
    }

    @Test
    @Order(3)
    void a_photo_of_twelve_megapixels_gets_its_variants() throws Exception {
        photoPath = upload();

        var variants = awaitVariants(photoPath);

        assertThat(variants).contains("thumb", "medium", "gray");
        for (var variant : variants) {
            var image = ada.get(formation.address(), photoPath + "/" + variant);
            assertThat(image.statusCode()).isEqualTo(200);
            assertThat(image.headers().firstValue("Content-Type")).hasValue("image/jpeg");
            assertThat(image.headers().firstValue("ETag")).isPresent();
            assertThat(ImageIO.read(new ByteArrayInputStream(image.body()))).isNotNull();
        }
    }

    @Test
    @Order(4)
    void what_an_operator_switches_on_is_seen_by_every_instance() throws Exception {
        var web = formation.ps("web");

        formation.admin("set-flag", "sepia", "ada@example.org");

        // Half of the time after which an instance asks by itself: so all of them were told.
        await().atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> {
                    for (var instance : web) {
                        assertThat(ada.get(instance.address(), photoPath + "/sepia")
                                        .statusCode())
                                .isEqualTo(200);
                    }
                });
    }

    @Test
    @Order(5)
    void nothing_is_lost_when_every_process_is_killed_at_once() throws Exception {
        var before = formation.ps();
        var workers = formation.ps("worker");
        // Held while the photos come in: otherwise it is chance whether one of them is at work at the kill.
        for (var worker : workers) {
            RunningFormation.signal("STOP", worker);
        }
        var uploaded = new ArrayList<String>();
        for (int i = 0; i < 12; i++) {
            uploaded.add(upload());
        }
        var asked = new AtomicInteger();
        var failures = new ArrayList<String>();
        var stop = new AtomicBoolean();

        try (var postgres = Postgres.attach(formation.databaseUrl());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Asked before they go on: a first connection can take longer than all the photos do.
            assertThat(photos(postgres).waiting()).isPositive();
            for (var worker : workers) {
                RunningFormation.signal("CONT", worker);
            }
            // While some wait, every worker has as many as it can take.
            await().atMost(READY_LIMIT)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> photos(postgres), depth -> depth.running() > 0 && depth.waiting() > 0);
            var asking = CompletableFuture.runAsync(
                    () -> {
                        while (!stop.get()) {
                            ask(asked, failures);
                        }
                    },
                    threads);
            before.forEach(RunningFormation::kill);
            // Held by workers that are dead: none of these ends without being run again.
            assertThat(photos(postgres).running()).isPositive();
            await().atMost(READY_LIMIT)
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> assertThat(formation.ps())
                            .hasSameSizeAs(before)
                            .allMatch(instance -> instance.state().equals("ready"))
                            .noneMatch(instance -> before.stream().anyMatch(killed -> killed.pid() == instance.pid())));
            stop.set(true);
            asking.join();
            for (var path : uploaded) {
                assertThat(awaitVariants(path)).contains("thumb", "medium", "gray");
            }
            assertThat(postgres.jobs().depths()).isEmpty();
        }

        assertThat(asked).hasPositiveValue();
        assertThat(failures).isEmpty();
        assertThat(ada.get(formation.address(), photoPath + "/thumb").statusCode())
                .isEqualTo(200);
    }

    /** At a fifth of the rate and with half of the uploads that the long tests have, as a part of each build. */
    @Test
    @Order(6)
    void a_restart_is_noticed_by_nobody() throws Exception {
        try (var load = VisitorLoad.on(formation.address(), "eve", 40, 2, Pictures.jpeg(640, 480))) {
            formation.restart("web");
            load.assertUnnoticed();
        }
    }

    @Test
    @Order(7)
    void nothing_is_lost_when_the_formation_is_stopped_and_started_again() throws Exception {
        formation.ps();
        var everything = formation.everything();

        formation.stop();

        // The guardian is the last to go, once it has seen that nothing else is left.
        assertThat(everything).hasSizeGreaterThan(5);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(everything).noneMatch(RunningFormation::lives));
        formation = RunningFormation.up(folder, 3, 2);
        assertThat(ada.get(formation.address(), "/me").statusCode()).isEqualTo(200);
        assertThat(ada.get(formation.address(), photoPath + "/medium").statusCode())
                .isEqualTo(200);
    }

    @Test
    @Order(8)
    void nothing_outlives_a_runner_that_is_killed_and_the_next_one_starts_at_once() throws Exception {
        formation.ps();
        var everything = formation.everything();

        formation.killTheRunner();

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(everything).noneMatch(RunningFormation::lives));
        formation = RunningFormation.up(folder, 3, 2, "--with", "s3"); // where photos are kept from here on
        assertThat(ada.get(formation.address(), "/me").statusCode()).isEqualTo(200);
    }

    @Test
    @Order(9)
    void an_upload_whose_instance_is_killed_goes_on_at_another_and_nothing_of_it_passes_through_the_database()
            throws Exception {
        var web = formation.awaitReady("web", 3);
        // A part of the store's and a half, of which no decoder looks at more than the beginning.
        var large = Arrays.copyOf(Pictures.jpeg(640, 480), 15 << 19);
        var other = web.get(0).address();
        var upload = SentInPieces.begin(ada, other, large.length);
        var first = upload.send(web.get(1).address(), 0, BodyPublishers.ofByteArray(large, 0, 1 << 20));
        assertThat(first.statusCode()).isEqualTo(204);
        var rest = contentOf(large, 1 << 20, 7 << 20, () -> {
            await().atMost(READY_LIMIT).until(() -> upload.offset(other) >= PART);
            RunningFormation.kill(web.get(2));
        });

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> upload.send(web.get(2).address(), 1 << 20, rest));

        assertThat(upload.offset(other)).isBetween((long) PART, large.length - 1L);
        var last = await().atMost(READY_LIMIT)
                .until(
                        () -> {
                            int offset = Math.toIntExact(upload.offset(other));
                            return upload.send(
                                    other, offset, BodyPublishers.ofByteArray(large, offset, large.length - offset));
                        },
                        answer -> answer.statusCode() == 204);
        var path = last.headers().firstValue("Photo").orElseThrow();
        assertThat(awaitVariants(path)).contains("thumb", "medium", "gray");
        assertThat(ada.get(formation.address(), path + "/original").body()).isEqualTo(large);
        try (var s3 = S3.attach(formation.environment());
                var postgres = Postgres.attach(formation.databaseUrl())) {
            var original = path.substring(1) + "/original";
            assertThat(s3.blobs().stat(original).orElseThrow().size()).isEqualTo(large.length);
            assertThat(postgres.blobs().stat(original)).isEmpty();
            assertThat(RunningFormation.uploadsIn(postgres)).isZero();
        }
    }

    /** What comes from one place on, and what happens when it has come to another. */
    private static BodyPublisher contentOf(byte[] bytes, int from, int until, Runnable happens) {
        int chunk = 1 << 16;
        Iterable<byte[]> chunks = () -> IntStream.range(0, (bytes.length - from) / chunk)
                .map(i -> from + i * chunk)
                .mapToObj(begin -> {
                    if (begin == until) {
                        happens.run();
                    }
                    return Arrays.copyOfRange(bytes, begin, begin + chunk);
                })
                .iterator();
        return BodyPublishers.fromPublisher(BodyPublishers.ofByteArrays(chunks), bytes.length - from);
    }

    @Test
    @Order(10)
    void what_turns_out_to_be_no_photo_leaves_nothing_in_the_bucket() throws Exception {
        var none = Arrays.copyOf(new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff}, 1_000);
        try (var s3 = S3.attach(formation.environment())) {
            var before = s3.blobs().list("photos/", "", 100);
            var upload = SentInPieces.begin(ada, formation.address(), none.length);

            var refused = upload.send(formation.address(), 0, BodyPublishers.ofByteArray(none));

            assertThat(refused.statusCode()).isEqualTo(415);
            assertThat(upload.isThere(formation.address())).isFalse();
            assertThat(s3.blobs().list("photos/", "", 100)).isEqualTo(before);
        }
    }

    private static QueueDepth photos(Postgres postgres) {
        var none = new QueueDepth(0, 0, 0, 0, Duration.ZERO);
        return postgres.jobs().depths().getOrDefault("photos", none);
    }

    private void ask(AtomicInteger asked, List<String> failures) {
        try {
            var me = ada.get(formation.address(), "/me");
            asked.incrementAndGet();
            if (me.statusCode() != 200) {
                failures.add("status " + me.statusCode() + ": " + new String(me.body(), UTF_8));
            }
        } catch (IOException | InterruptedException e) {
            failures.add(e.toString());
        }
    }

    private String upload() throws Exception {
        HttpResponse<byte[]> uploaded = ada.upload(formation.address(), photo);
        assertThat(uploaded.statusCode()).as(new String(uploaded.body(), UTF_8)).isEqualTo(201);
        return "/photos/" + json(uploaded).path("id").asString();
    }

    private List<String> awaitVariants(String path) {
        return await().atMost(READY_LIMIT)
                .pollInterval(Duration.ofMillis(200))
                .until(
                        () -> {
                            var answer = json(ada.get(formation.address(), path));
                            return answer.path("status").asString().equals("ready")
                                    ? List.copyOf(answer.path("variants").propertyNames())
                                    : List.<String>of();
                        },
                        variants -> !variants.isEmpty());
    }
}
