package dev.coatcheck.process.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class FollowedTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
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
        var document = new Document("the file", new TextFile(file.toString()), Document.LIMIT, AT_ONCE);
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
    void a_place_that_stays_away_is_told_of_again_after_a_while() throws Exception {
        var file = Files.writeString(folder.resolve("key"), "old");
        var document =
                new Document("the file", new TextFile(file.toString()), Document.LIMIT, AT_ONCE, Duration.ofNanos(1));
        document.first();

        Files.delete(file);
        for (int i = 0; i < 3; i++) {
            document.within(AT_ONCE);
        }
        assertThat(told())
                .hasSize(3)
                .containsOnly("Cannot read the file again, and what was last read stays: does not exist");
    }

    @Test
    void what_is_unusable_later_leaves_the_last_text() throws Exception {
        var now = new AtomicReference<>("{\"key\": \"old\"}");
        var secret =
                new Followed("API_KEY", new Document("it", now::get, Document.LIMIT, AT_ONCE), new Field.Named("key"));
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
                Document.LIMIT,
                Duration.ofMinutes(5));
        document.first();

        document.within(Duration.ofMinutes(1));
        assertThat(looks).hasValue(1);
        document.within(AT_ONCE);
        assertThat(looks).hasValue(2);
        fails.set(true);
        for (int i = 0; i < 10; i++) {
            assertThat(document.within(AT_ONCE).text()).isEqualTo("text");
        }
        assertThat(looks).hasValue(3);
    }

    /** A place that answers at once the first time, and from then on when it is let. */
    private static final class Gate implements Place {
        private final AtomicInteger looks = new AtomicInteger();
        private final AtomicInteger interrupts = new AtomicInteger();
        private final CountDownLatch open = new CountDownLatch(1);
        private final boolean heeds;

        /** @param heeds whether it ends when it is interrupted */
        Gate(boolean heeds) {
            this.heeds = heeds;
        }

        @Override
        public String read() throws SecretException {
            int look = looks.incrementAndGet();
            while (look > 1 && open.getCount() > 0) {
                try {
                    open.await();
                } catch (InterruptedException e) {
                    interrupts.incrementAndGet();
                    if (heeds) {
                        throw new SecretException("was given up");
                    }
                }
            }
            return "text " + look;
        }
    }

    @Test
    void a_place_that_is_slow_holds_one_who_asks_for_two_seconds_and_is_followed_all_the_same() throws Exception {
        var gate = new Gate(true);
        var document = new Document("it", gate);
        document.first();

        long begun = System.nanoTime();
        assertThat(document.within(AT_ONCE).text()).isEqualTo("text 1");
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(Document.PATIENCE.toNanos());
        assertThat(document.within(AT_ONCE).text()).as("at once").isEqualTo("text 1");
        assertThat(gate.looks).hasValue(2);

        gate.open.countDown();
        await().atMost(PATIENCE).until(() -> document.within(PATIENCE).text().equals("text 2"));
        assertThat(gate.interrupts).hasValue(0);
        assertThat(told()).isEmpty();
    }

    @Test
    void a_place_that_hangs_is_interrupted_and_not_asked_a_second_time_meanwhile() throws Exception {
        var gate = new Gate(false);
        var document = new Document("it", gate, Duration.ofSeconds(1), AT_ONCE);
        document.first();

        await().atMost(PATIENCE).until(() -> {
            assertThat(document.within(AT_ONCE).text()).isEqualTo("text 1");
            return gate.interrupts.get() > 2;
        });
        assertThat(gate.looks).hasValue(2);
        gate.open.countDown();
        await().atMost(PATIENCE).until(() -> document.within(PATIENCE).number() > 1);
        assertThat(told())
                .containsExactly(
                        "Cannot read it again, and what was last read stays: gave no answer within 1 s",
                        "Can read it again");
    }

    @Test
    void a_place_that_hangs_at_first_is_given_up_at_its_limit() {
        var interrupted = new CountDownLatch(1);
        var document = new Document(
                "it",
                () -> {
                    try {
                        Thread.sleep(Duration.ofHours(1));
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                    return "text";
                },
                Duration.ofSeconds(1),
                AT_ONCE);
        assertThatThrownBy(document::first).hasMessage("gave no answer within 1 s");
        await().atMost(PATIENCE).until(() -> interrupted.getCount() == 0);
    }

    @Test
    void many_who_ask_at_once_cost_one_look() throws Exception {
        var gate = new Gate(true);
        var document = new Document("it", gate);
        document.first();
        var came = new CountDownLatch(20);
        var asking = Stream.generate(() -> Thread.startVirtualThread(() -> {
                    came.countDown();
                    document.within(AT_ONCE);
                }))
                .limit(20)
                .toList();
        came.await();
        var settled = Set.of(Thread.State.TIMED_WAITING, Thread.State.TERMINATED);
        await().atMost(PATIENCE)
                .until(() -> gate.looks.get() > 1
                        && asking.stream().map(Thread::getState).allMatch(settled::contains));
        assertThat(gate.looks).hasValue(2);
        gate.open.countDown();
        for (var thread : asking) {
            assertThat(thread.join(PATIENCE)).isTrue();
        }
        assertThat(gate.looks.get())
                .as("those who came while it was read ask for one more")
                .isLessThanOrEqualTo(3);
    }

    @Test
    void who_comes_late_with_what_was_read_earlier_gets_what_was_read_later() throws Exception {
        var counts = new AtomicInteger();
        var backwards = new CopyOnWriteArrayList<String>();
        var secret = new Followed(
                "API_KEY",
                new Document("it", () -> String.format("%09d", counts.incrementAndGet()), Document.LIMIT, AT_ONCE),
                new Field.Whole());
        var asking = Stream.generate(() -> Thread.ofVirtual().unstarted(() -> {
                    var before = "";
                    for (int i = 0; i < 100; i++) {
                        var now = secret.within(AT_ONCE);
                        if (now.compareTo(before) < 0) {
                            backwards.add(now + " after " + before);
                        }
                        before = now;
                    }
                }))
                .limit(8)
                .toList();
        asking.forEach(Thread::start);
        for (var thread : asking) {
            assertThat(thread.join(PATIENCE)).isTrue();
        }
        assertThat(backwards).isEmpty();
        assertThat(told().stream().filter(line -> line.contains("has changed")).count())
                .as("each change is told once")
                .isLessThan(counts.get());
    }

    @Test
    void the_words_of_a_source_are_shown_without_what_they_quote() throws Exception {
        var fails = new AtomicReference<>(false);
        var document = new Document("it", () -> {
            if (fails.get()) {
                throw new SecretException("cannot log in\nto https://me:hunter2@attic");
            }
            return "text";
        });
        document.first();
        fails.set(true);
        document.within(AT_ONCE);
        assertThat(told())
                .containsExactly(
                        "Cannot read it again, and what was last read stays: cannot log in?to https://***@attic");
        var advised = new Document("it", () -> {
            throw new SecretException("is not there", "Look at https://me:hunter2@attic");
        });
        assertThatThrownBy(advised::first)
                .isInstanceOfSatisfying(
                        SecretException.class,
                        failed -> assertThat(failed.advice()).containsExactly("Look at https://***@attic"));
    }

    @Test
    void an_interrupted_thread_gets_what_is_known_and_stays_interrupted() throws Exception {
        var document = new Document("it", () -> "text");
        document.first();
        Thread.currentThread().interrupt();
        assertThat(document.within(AT_ONCE).text()).isEqualTo("text");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(told()).isEmpty();
    }
}
