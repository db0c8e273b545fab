package dev.coatcheck.process.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class FollowedTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration AT_ONCE = Duration.ZERO;

    record Keyed(Secret apiKey) {}

    @TempDir
    Path folder;

    private final ListAppender<ILoggingEvent> told = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Config.class.getPackageName());

    @BeforeEach
    void listen() {
        told.start();
        logger.addAppender(told);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(told);
    }

    private static Secret key(Map<String, String> environment) {
        return Config.from(environment).as(Keyed.class).apiKey();
    }

    private List<String> told() {
        return List.copyOf(told.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    void a_secret_follows_the_link_that_a_container_platform_points_elsewhere() throws IOException {
        // As the kubelet does it: the key is a link into "..data", which is replaced by a rename.
        Files.writeString(Files.createDirectory(folder.resolve("..1")).resolve("key"), "old\n");
        Files.writeString(Files.createDirectory(folder.resolve("..2")).resolve("key"), "new\n");
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
        Files.createSymbolicLink(folder.resolve("key"), Path.of("..data", "key"));
        var secret = key(Map.of("API_KEY_FILE", folder.resolve("key").toString()));
        assertThat(secret.revealLatest()).isEqualTo("old");

        Files.createSymbolicLink(folder.resolve("..next"), Path.of("..2"));
        Files.move(folder.resolve("..next"), folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

        await().atMost(PATIENCE).until(() -> secret.revealLatest().equals("new"));
        assertThat(secret.reveal()).as("what one has read, all know").isEqualTo("new");
        assertThat(secret).isEqualTo(Secret.of("new")).hasToString("***");
        assertThat(told()).containsExactly("The secret of API_KEY has changed");
    }

    @Test
    void a_file_that_goes_leaves_the_last_text_and_is_told_of_once() throws Exception {
        var file = Files.writeString(folder.resolve("key"), "old");
        var document = new Document("the file", new TextFile(file.toString()), AT_ONCE);
        var secret = new Followed("API_KEY", document, new Field.Whole());

        Files.delete(file);
        for (int i = 0; i < 3; i++) {
            assertThat(secret.within(AT_ONCE)).isEqualTo("old");
        }
        Files.writeString(file, "new");

        assertThat(secret.within(AT_ONCE)).isEqualTo("new");
        assertThat(told())
                .containsExactly(
                        "Cannot read the file again, and what was last read stays: does not exist",
                        "Can read the file again",
                        "The secret of API_KEY has changed");
    }

    @Test
    void what_is_unusable_later_leaves_the_last_text() throws Exception {
        var now = new AtomicReference<>("{\"key\": \"old\"}");
        var secret = new Followed("API_KEY", new Document("it", now::get, AT_ONCE), new Field.Named("key"));
        assertThat(secret.last()).isEqualTo("old");

        for (var unusable : List.of("{}", "hunter2", "{\"key\": {}}", "{\"key\": \"\"}")) {
            now.set(unusable);
            assertThat(secret.within(AT_ONCE)).as(unusable).isEqualTo("old");
        }
        now.set("{\"key\": \"new\"}");
        assertThat(secret.within(AT_ONCE)).isEqualTo("new");
        assertThat(told()).hasSize(5).noneMatch(message -> message.contains("hunter2"));
    }

    @Test
    void a_place_is_looked_at_no_more_often_than_asked_for_and_after_a_failure_left_alone() throws Exception {
        var looks = new AtomicInteger();
        var fails = new AtomicReference<>(false);
        var document = new Document(
                "it",
                () -> {
                    looks.incrementAndGet();
                    if (fails.get()) {
                        throw new SecretException("is away");
                    }
                    return "text";
                },
                Duration.ofMinutes(5));
        document.first();

        document.within(Duration.ofMinutes(1));
        assertThat(looks).hasValue(1);
        document.within(AT_ONCE);
        assertThat(looks).hasValue(2);
        fails.set(true);
        for (int i = 0; i < 10; i++) {
            assertThat(document.within(AT_ONCE)).isEqualTo("text");
        }
        assertThat(looks).hasValue(3);
    }

    @Test
    void a_place_that_hangs_holds_who_asks_for_two_seconds_and_is_interrupted() throws Exception {
        var hangs = new AtomicReference<>(false);
        var interrupted = new CountDownLatch(1);
        var document = new Document("it", () -> {
            if (hangs.get()) {
                try {
                    Thread.sleep(Duration.ofHours(1));
                } catch (InterruptedException e) {
                    interrupted.countDown();
                }
            }
            return "text";
        });
        document.first();
        hangs.set(true);

        long begun = System.nanoTime();
        assertThat(document.within(AT_ONCE)).isEqualTo("text");

        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(Document.LIMIT.toNanos());
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(told())
                .containsExactly("Cannot read it again, and what was last read stays: gave no answer within 2 s");
    }

    @Test
    void many_who_ask_at_once_cost_one_look() throws Exception {
        var age = Duration.ofMillis(1_500);
        var looks = new AtomicInteger();
        var open = new CountDownLatch(1);
        var document = new Document("it", () -> {
            if (looks.incrementAndGet() > 1) {
                try {
                    open.await();
                } catch (InterruptedException e) {
                    throw new SecretException("was given up");
                }
            }
            return "text " + looks;
        });
        document.first();
        var asking = new ArrayList<Thread>();
        await().atMost(PATIENCE).until(() -> {
            asking.add(Thread.startVirtualThread(() -> document.within(age)));
            return looks.get() == 2;
        });
        open.countDown();
        for (var thread : asking) {
            assertThat(thread.join(PATIENCE)).isTrue();
        }
        assertThat(asking).hasSizeGreaterThan(3);
        assertThat(looks).hasValue(2);
        assertThat(document.within(PATIENCE)).isEqualTo("text 2");
    }

    @Test
    void an_interrupted_thread_gets_what_is_known_and_stays_interrupted() throws Exception {
        var document = new Document("it", () -> "text");
        document.first();
        Thread.currentThread().interrupt();
        assertThat(document.within(AT_ONCE)).isEqualTo("text");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(told()).isEmpty();
    }
}
