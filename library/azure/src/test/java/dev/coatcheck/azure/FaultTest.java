package dev.coatcheck.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult;
import dev.coatcheck.state.blobs.PutResult.Exists;
import dev.coatcheck.state.blobs.PutResult.Stored;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The store breaks off, loses an answer, takes nothing more, or does not know who asks. */
class FaultTest {
    /** For who finds the store silent; what prepares a test has the time that it takes. */
    private static final AzureSettings IMPATIENT =
            Containers.SETTINGS.withConnectTimeout(Duration.ofSeconds(3)).withRequestTimeout(Duration.ofSeconds(3));

    /** More than lies in all buffers on the way. */
    private static final int HUGE = 24 << 20;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Whole blocks, so that all of them are stored when the end of a stream is found. */
    private static final int LARGE = 2 * Containers.SETTINGS.blockBytes();

    private Relay relay;
    private String url;
    private Azure direct;
    private Azure relayed;

    @BeforeEach
    void attach() {
        relay = Relay.to(AzuriteServer.shared().tcpPort());
        url = AzuriteServer.shared().freshContainer();
        direct = Azure.attach(url, Containers.SETTINGS);
        relayed = Azure.attach(relay.through(url), Containers.SETTINGS);
    }

    @AfterEach
    void detach() {
        if (relay != null) { // else there is no store here
            relayed.close();
            direct.close();
            relay.close();
        }
    }

    @Test
    void a_blob_whose_store_breaks_off_while_it_is_read_is_a_failing_stream() throws IOException {
        put(direct.blobs(), "a", new byte[HUGE], PutOptions.defaults());
        try (var found = (Found) relayed.blobs().read("a", ReadOptions.whole())) {
            found.content().readNBytes(10);
            relay.cut();
            assertThatThrownBy(() -> found.content().readAllBytes()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_blob_whose_store_falls_silent_while_it_is_read_is_a_failing_stream_in_time() throws IOException {
        put(direct.blobs(), "a", new byte[HUGE], PutOptions.defaults());
        try (var impatient = Azure.attach(relay.through(url), IMPATIENT);
                var found = (Found) impatient.blobs().read("a", ReadOptions.whole())) {
            found.content().readNBytes(10);
            relay.silenceOpenLinks();
            long begun = System.nanoTime();

            assertThatThrownBy(() -> found.content().readAllBytes())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("PT3S");

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
        }
    }

    @Test
    void a_blob_whose_answer_was_lost_is_stored_once_more() throws Exception {
        assertThat(putLosingTheAnswer(100, PutOptions.defaults())).isInstanceOf(Stored.class);
    }

    @Test
    void a_blob_of_blocks_whose_last_answer_was_lost_is_stored() throws Exception {
        assertThat(putLosingTheAnswer(LARGE, PutOptions.defaults())).isInstanceOf(Stored.class);
        assertThat(direct.blobs().stat("a").orElseThrow().size()).isEqualTo(LARGE);
    }

    @Test
    void who_was_first_and_lost_the_answer_is_not_told_that_somebody_else_was() {
        assertThatThrownBy(() -> putLosingTheAnswer(100, PutOptions.defaults().onlyIfAbsent()))
                .hasCauseInstanceOf(BackingServiceException.class);
    }

    /** The connection ends when the store has the blob, and before it has said so. */
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
        relay.fallSilent();
        long begun = System.nanoTime();

        try (var impatient = Azure.attach(relay.through(url), IMPATIENT.withBlockBytes(2 * HUGE))) {
            assertThatThrownBy(() -> put(impatient.blobs(), "a", new byte[HUGE], PutOptions.defaults()))
                    .isInstanceOf(BackingServiceException.class);
        }

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
    }

    @Test
    void who_is_overtaken_while_a_blob_of_blocks_is_stored_is_told_and_what_overtook_it_stays() throws IOException {
        var blobs = direct.blobs();
        var other = new byte[] {1, 2, 3};
        var overtaken = new SequenceInputStream(new ByteArrayInputStream(new byte[LARGE]), new AtTheEnd(() -> {
            put(blobs, "a", new byte[LARGE + 1], PutOptions.defaults());
            put(blobs, "a", other, PutOptions.defaults());
        }));

        assertThatThrownBy(() -> blobs.put("a", overtaken, PutOptions.defaults()))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("another stored or deleted a blob under this key meanwhile");
        try (var found = (Found) blobs.read("a", ReadOptions.whole())) {
            assertThat(found.content().readAllBytes()).isEqualTo(other);
        }
    }

    @Test
    void who_comes_second_with_a_blob_of_blocks_that_is_to_be_the_first_is_told_so() throws IOException {
        var blobs = direct.blobs();
        var second = new SequenceInputStream(
                new ByteArrayInputStream(new byte[LARGE]),
                new AtTheEnd(() -> put(blobs, "a", new byte[LARGE + 1], PutOptions.defaults())));

        assertThat(blobs.put("a", second, PutOptions.defaults().onlyIfAbsent())).isInstanceOf(Exists.class);
        assertThat(blobs.stat("a").orElseThrow().size()).isEqualTo(LARGE + 1);
    }

    @Test
    void what_is_refused_says_what_was_tried_on_what_and_no_secret() {
        var other = "aGlkZGVuaGlkZGVuaGlkZGVu";
        var account = "//" + AzuriteServer.ACCOUNT + ":";
        var strangerUrl =
                url.substring(0, url.indexOf(account) + account.length()) + other + url.substring(url.indexOf('@'));
        try (var stranger = Azure.attach(strangerUrl, Containers.SETTINGS);
                var elsewhere = Azure.attach(AzuriteServer.shared().url("none"), Containers.SETTINGS)) {
            assertThatThrownBy(() -> put(stranger.blobs(), "a", new byte[1], PutOptions.defaults()))
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageStartingWith("Could not store a blob on azure at 127.0.0.1:"
                            + AzuriteServer.shared().tcpPort() + "/" + AzuriteServer.ACCOUNT + "/test-")
                    .hasMessageContaining("403 AuthorizationFailure")
                    .hasMessageNotContaining(other);
            assertThatThrownBy(() -> put(elsewhere.blobs(), "a", new byte[1], PutOptions.defaults()))
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("ContainerNotFound");
            assertThatThrownBy(() -> elsewhere.blobs().stat("a"))
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("ContainerNotFound");
            assertThatThrownBy(elsewhere::ping)
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageStartingWith("Could not ping on azure at ");
        }
    }

    @Test
    void a_store_that_is_not_there_is_said_to_be_so() {
        try (var nowhere = Azure.attach(url.replaceAll(":[0-9]+/", ":1/"), Containers.SETTINGS)) {
            assertThatThrownBy(nowhere::ping)
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("no connection could be made");
        }
    }

    private static void put(Blobs blobs, String key, byte[] content, PutOptions options) throws IOException {
        assertThat(blobs.put(key, new ByteArrayInputStream(content), options)).isInstanceOf(Stored.class);
    }
}
