package dev.coatcheck.gallery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.gallery.images.TestImages;
import dev.coatcheck.gallery.photos.Photos;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TestGallery gallery = new TestGallery();

    @AfterAll
    void stop() {
        gallery.close();
    }

    @Test
    void a_user_that_an_operator_created_can_log_in() throws Exception {
        var visitor = new Visitor();

        assertThat(createUser(visitor.email, Visitor.PASSWORD)).isZero();

        assertThat(visitor.logIn(gallery.startWeb()).status()).isEqualTo(200);
        assertThat(createUser(visitor.email, Visitor.PASSWORD)).isEqualTo(1);
    }

    private int createUser(String email, String password) throws IOException, InterruptedException {
        return run(password, "create-user", email).status();
    }

    /** How a command ended, and what it said. */
    private record Ended(int status, String output) {}

    /** Runs a command as a process of its own, with one line on its standard input. */
    private Ended run(String input, String... words) throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new ArrayList<>(
                List.of(java, "-cp", System.getProperty("java.class.path"), Main.class.getName(), "admin"));
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("DATABASE_URL", gallery.postgresUrl);
        var process = builder.start();
        try (var in = process.getOutputStream();
                var out = process.getInputStream()) {
            in.write((input + "\n").getBytes(UTF_8));
            in.flush();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return new Ended(process.exitValue(), new String(out.readAllBytes(), UTF_8));
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void a_photo_whose_attempts_have_all_failed_is_tried_anew() {
        var web = gallery.startWeb();
        var visitor = Visitor.loggedIn(web);
        var path = visitor.upload(web, TestImages.jpeg(300, 200)).header("Location");
        try (var postgres = Postgres.attach(gallery.postgresUrl)) {
            loseUntilDead(postgres.jobs());
        }

        gallery.admin("replay-dead");
        gallery.startWorker();

        await().atMost(PATIENCE)
                .until(() -> visitor.get(web, path).json().path("status").asString(), "ready"::equals);
    }

    @Test
    void a_job_is_listed_replayed_and_cancelled() throws Exception {
        var web = gallery.startWeb();
        Visitor.loggedIn(web).upload(web, TestImages.jpeg(300, 200));
        try (var postgres = Postgres.attach(gallery.postgresUrl)) {
            var jobs = postgres.jobs();
            loseUntilDead(jobs);
            var id = jobs.list(Photos.QUEUE, JobState.DEAD, 1).getFirst().id();

            assertThat(run("", "list-jobs", "dead").output())
                    .contains(id + " photo ")
                    .contains("attempt 5 of 5: the worker of the last attempt lost the job");
            assertThat(run("", "replay-job", id.toString()).output()).contains("tried anew");
            assertThat(run("", "list-jobs", "waiting").output()).contains(id.toString());
            assertThat(run("", "cancel-job", id.toString()).output()).contains("it was waiting");
            assertThat(jobs.find(id)).isEmpty();
            gallery.admin("cancel-job", id.toString());
            gallery.admin("replay-job", id.toString());
        }
    }

    /** Has all photos that wait taken by workers that die with them. */
    private static void loseUntilDead(Jobs jobs) {
        await().atMost(PATIENCE)
                .until(() -> jobs.claim(Set.of(Photos.QUEUE), 1, Duration.ofMillis(1))
                                .isEmpty()
                        && !jobs.list(Photos.QUEUE, JobState.DEAD, 1).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "destroy",
                "create-user",
                "set-flag",
                "set-flag sepia",
                "set-flag unknown on",
                "set-flag sepia perhaps",
                "set-flag sepia x%",
                "set-flag sepia 101%",
                "set-flag sepia on off",
                "list-jobs",
                "list-jobs asleep",
                "replay-job",
                "replay-job 7",
                "cancel-job",
                "cancel-job 7"
            })
    void what_is_no_command_is_wrong_usage_and_changes_nothing(String command) {
        assertThat(gallery.adminStatus(command.split(" "))).isEqualTo(64);
    }
}
