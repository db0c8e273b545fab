package dev.coatcheck.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.S3Server;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult;
import dev.coatcheck.state.blobs.PutResult.Stored;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store is killed, loses an answer, takes nothing more, or does not know who asks. */
class FaultTest {
    private static final S3Settings SETTINGS = S3Settings.defaults()
            .withPartBytes(5 << 20)
            .withConnectTimeout(Duration.ofSeconds(1))
            .withRequestTimeout(Duration.ofSeconds(3));
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static S3Server server;
    private static int buckets;

    private Relay relay;
    private String bucket;
    private S3 direct;
    private S3 relayed;

    @BeforeAll
    static void startServer() {
        server = S3Server.start(ServerSettings.at(folder).withDurability(Durability.PROCESS_LOSS));
    }

    @AfterAll
    static void endServer() {
        server.kill();
        server.close();
    }

    @BeforeEach
    void attach() {
        server.start();
        relay = Relay.to(server.tcpPort());
        buckets++;
        bucket = server.createBucketIfMissing("faults-" + buckets);
        var url = Buckets.url(server, bucket);
        direct = S3.attach(url, SETTINGS);
        relayed = S3.attach(relay.through(url), SETTINGS);
    }

    @AfterEach
    void detach() {
        relayed.close();
        direct.close();
        relay.close();
    }

    @Test
    void a_blob_whose_store_is_killed_while_it_is_read_is_a_failing_stream() throws IOException {
        put(direct.blobs(), "a", new byte[30 << 20], PutOptions.defaults());
        try (var found = (Found) direct.blobs().read("a", ReadOptions.whole())) {
            found.content().readNBytes(10);
            server.kill();
            assertThatThrownBy(() -> found.content().readAllBytes()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void what_was_promised_before_the_store_was_killed_is_there_when_it_is_back() throws IOException {
        var bytes = new byte[6 << 20];
        for (int i = 0; i < 5; i++) {
            put(direct.blobs(), "" + i, bytes, PutOptions.defaults());
        }
        server.kill();
        server.start();
        for (int i = 0; i < 5; i++) {
            try (var found = (Found) direct.blobs().read("" + i, ReadOptions.whole())) {
                assertThat(found.content().readAllBytes()).isEqualTo(bytes);
            }
        }
    }

    @Test
    void a_blob_whose_answer_was_lost_is_stored_once_more() throws Exception {
        assertThat(putLosingTheAnswer(100, PutOptions.defaults())).isInstanceOf(Stored.class);
    }

    @Test
    void a_blob_of_parts_whose_last_answer_was_lost_is_stored() throws Exception {
        assertThat(putLosingTheAnswer(SETTINGS.partBytes(), PutOptions.defaults()))
                .isInstanceOf(Stored.class);
        assertThat(direct.blobs().stat("a").orElseThrow().size()).isEqualTo(SETTINGS.partBytes());
    }

    @Test
    void who_was_first_and_lost_the_answer_is_not_told_that_somebody_else_was() {
        assertThatThrownBy(() -> putLosingTheAnswer(100, PutOptions.defaults().onlyIfAbsent()))
                .hasCauseInstanceOf(BackingServiceException.class);
    }

    /** The connection ends when the store has the object, and before it has said so. */
    private PutResult putLosingTheAnswer(int size, PutOptions options) throws Exception {
        relayed.ping();
        var content =
                new SequenceInputStream(new ByteArrayInputStream(new byte[size]), new AtTheEnd(relay::holdAnswers));
        var put = new FutureTask<>(() -> relayed.blobs().put("a", content, options));
        Thread.ofVirtual().name("put").start(put);
        await().atMost(PATIENCE).until(() -> direct.blobs().stat("a").isPresent());
        relay.cut();
        relay.pass();
        return put.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void a_store_that_takes_nothing_more_is_given_up_in_time() {
        relayed.ping();
        relay.fallSilent();
        long begun = System.nanoTime();

        // More than lies in all buffers on the way.
        assertThatThrownBy(() -> put(
                        S3.attach(relay.through(Buckets.url(server, bucket)), SETTINGS.withPartBytes(100 << 20))
                                .blobs(),
                        "a",
                        new byte[90 << 20],
                        PutOptions.defaults()))
                .isInstanceOf(BackingServiceException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
    }

    @Test
    void what_is_not_stored_leaves_no_parts_in_the_store() throws IOException {
        var blobs = direct.blobs();
        var large = new byte[11 << 20];
        var broken = new SequenceInputStream(new ByteArrayInputStream(large), new AtTheEnd(FaultTest::goAway));
        assertThatThrownBy(() -> blobs.put("a", broken, PutOptions.defaults())).hasMessage("the client went away");
        blobs.put("a", new ByteArrayInputStream(large), PutOptions.defaults().withMaxBytes(large.length - 1));
        blobs.put("a", new ByteArrayInputStream(large), PutOptions.defaults().withSha256("ab"));

        assertThat(direct.abortUploads(Duration.ZERO)).isZero();
        assertThat(blobs.list("", "", 10)).isEmpty();
    }

    @Test
    void uploads_whose_process_died_are_ended_once_they_are_old() throws IOException {
        // The store is away when the upload is to be given up.
        var dying = new SequenceInputStream(new ByteArrayInputStream(new byte[6 << 20]), new AtTheEnd(() -> {
            relay.loseRequests();
            goAway();
        }));
        assertThatThrownBy(() -> relayed.blobs().put("a", dying, PutOptions.defaults()))
                .hasMessage("the client went away");

        assertThat(direct.abortUploads(Duration.ofHours(1))).isZero();
        assertThat(direct.abortUploads(Duration.ZERO)).isEqualTo(1);
        assertThat(direct.abortUploads(Duration.ZERO)).isZero();
    }

    @Test
    void what_is_refused_says_what_was_tried_on_what_and_no_secret() {
        try (var stranger = S3.attach(
                        server.url().replace("//", "//" + server.accessKeyId() + ":hidden@") + "/" + bucket, SETTINGS);
                var elsewhere = S3.attach(Buckets.url(server, "none"), SETTINGS)) {
            assertThatThrownBy(() -> put(stranger.blobs(), "a", new byte[1], PutOptions.defaults()))
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageStartingWith(
                            "Could not store a blob on s3 at 127.0.0.1:" + server.tcpPort() + "/" + bucket)
                    .hasMessageNotContaining("hidden");
            assertThatThrownBy(() -> put(elsewhere.blobs(), "a", new byte[1], PutOptions.defaults()))
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("bucket");
            assertThatThrownBy(elsewhere::ping)
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageStartingWith("Could not ping on s3 at ");
        }
    }

    private static void goAway() throws IOException {
        throw new IOException("the client went away");
    }

    private static void put(Blobs blobs, String key, byte[] content, PutOptions options) throws IOException {
        assertThat(blobs.put(key, new ByteArrayInputStream(content), options)).isInstanceOf(Stored.class);
    }
}
