package dev.coatcheck.contracts.channels;

import static dev.coatcheck.contracts.channels.ChannelsUnderTest.ALBUM;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.begun;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.numbers;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.payloads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.contracts.faults.ServerUnderTest;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.CloseReason;
import dev.coatcheck.state.channels.Delivery.Closed;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Subscription;
import dev.coatcheck.state.channels.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What those who listen are owed while the store, or the way of one process to it, is in trouble: on a server of the test's
 * own. Who was connected before it gets everything that was published, once and in order, and nobody does anything for that.
 */
public abstract class ChannelFaultsContract {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final ChannelSettings SETTINGS =
            ChannelSettings.defaults().withLease(LEASE).withCheck(Duration.ofMillis(500));

    private static final Topic OTHER = Topic.of("album-8");

    private final List<AutoCloseable> opened = new ArrayList<>();

    protected abstract ServerUnderTest server();

    /**
     * Attaches the server once more.
     *
     * @param relay the way to it
     * @param timeout of every kind
     */
    protected abstract Attached attach(Relay relay, Duration timeout);

    /** The server as one process has it, which closes it. */
    protected interface Attached extends AutoCloseable {
        Channels channels(ChannelSettings settings);

        @Override
        void close();
    }

    /** One process, on its own way to the server. */
    private record OneProcess(Relay relay, Channels channels) {}

    private OneProcess process() {
        return process(TIMEOUT);
    }

    /** For one that has no trouble, on a machine that may be busy: what it publishes is not said again. */
    private OneProcess patientProcess() {
        return process(PATIENCE);
    }

    private OneProcess process(Duration timeout) {
        var relay = Relay.to(server().tcpPort());
        opened.add(relay);
        var attached = attach(relay, timeout);
        opened.add(attached);
        var channels = attached.channels(SETTINGS);
        opened.add(channels);
        return new OneProcess(relay, channels);
    }

    @BeforeEach
    void startServer() {
        server().start();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (var one : opened.reversed()) {
            one.close();
        }
    }

    private static Subscription listen(OneProcess process, String user) throws InterruptedException {
        var subscription = process.channels().open(Subscriber.of(user));
        patiently(() -> subscription.subscribe(ALBUM));
        begun(subscription);
        return subscription;
    }

    /** The time-out is for the trouble that comes, not for a machine that is busy before. */
    private static void patiently(ThrowingRunnable step) {
        await().pollDelay(Duration.ZERO)
                .atMost(PATIENCE)
                .ignoreException(BackingServiceException.class)
                .untilAsserted(step);
    }

    private static void awaitPresent(OneProcess process, String... users) {
        await().atMost(PATIENCE)
                .ignoreException(BackingServiceException.class)
                .until(() -> process.channels().present(ALBUM).equals(Set.of(users)));
    }

    /** Publishes in spite of what is in trouble; what was refused is said again. */
    private static void publish(OneProcess process, int from, int to) {
        numbers(from, to).forEach(number -> patiently(() -> process.channels().publish(ALBUM, number)));
    }

    @Test
    void a_process_that_is_cut_off_in_silence_is_absent_then_and_gets_what_it_missed_when_the_way_is_there_again()
            throws Exception {
        var here = process();
        var there = patientProcess();
        var ada = listen(here, "ada");
        var bob = listen(there, "bob");
        awaitPresent(there, "ada", "bob");
        here.relay().fallSilent();
        publish(there, 0, 150);
        assertThat(payloads(bob, 150)).as("the others notice nothing").isEqualTo(numbers(0, 150));
        awaitPresent(there, "bob");
        here.relay().pass();

        assertThat(payloads(ada, 150)).isEqualTo(numbers(0, 150));
        awaitPresent(there, "ada", "bob");
        publish(here, 150, 160);
        assertThat(payloads(ada, 10)).isEqualTo(numbers(150, 160));
        assertThat(payloads(bob, 10)).isEqualTo(numbers(150, 160));
    }

    @Test
    void connections_that_die_in_silence_make_messages_late_and_lose_none() throws Exception {
        var here = process();
        var there = patientProcess();
        var ada = listen(here, "ada");
        publish(there, 0, 10);
        assertThat(payloads(ada, 10)).isEqualTo(numbers(0, 10));
        here.relay().silenceOpenLinks();
        publish(there, 10, 50);

        assertThat(payloads(ada, 40)).isEqualTo(numbers(10, 50));
    }

    @Test
    void a_user_that_was_revoked_while_a_process_was_cut_off_is_closed_there_as_soon_as_it_hears() throws Exception {
        var here = process();
        var ada = listen(here, "ada");
        var bob = listen(here, "bob");
        var there = patientProcess();
        here.relay().fallSilent();
        patiently(() -> there.channels().revokeUser("ada"));
        publish(there, 0, 1);
        here.relay().pass();

        assertThat(payloads(bob, 1)).containsExactly("0");
        await().atMost(PATIENCE).until(() -> here.channels().subscriptions() == 1);
        assertThat(ada.next(Duration.ZERO)).isEqualTo(new Closed(new CloseReason.Revoked()));
    }

    @Test
    void a_store_that_is_killed_and_started_again_has_lost_nothing_for_those_who_listen() throws Exception {
        var here = process();
        var there = process();
        var ada = listen(here, "ada");
        publish(there, 0, 10);
        assertThat(payloads(ada, 10)).isEqualTo(numbers(0, 10));
        server().kill();
        server().start();
        publish(there, 10, 60);

        assertThat(payloads(ada, 50)).isEqualTo(numbers(10, 60));
        awaitPresent(there, "ada");
        patiently(() -> there.channels().revokeUser("ada"));
        assertThat(ada.next(PATIENCE)).isEqualTo(new Closed(new CloseReason.Revoked()));
    }

    @Test
    void a_slow_way_makes_messages_late_and_changes_nothing_else() throws Exception {
        var here = process();
        var there = patientProcess();
        awaitPresent(here); // the store is as it has to be
        here.relay().delay(Duration.ofMillis(50));
        var ada = listen(here, "ada");
        publish(there, 0, 100);

        assertThat(payloads(ada, 100)).isEqualTo(numbers(0, 100));
    }

    @Test
    void a_full_store_refuses_what_is_new_and_serves_what_it_has() throws Exception {
        var here = process();
        var start = here.channels().publish(ALBUM, "seen");
        publish(here, 0, 20);
        var ada = listen(here, "ada");
        try {
            server().fill();
            refuses(here);
            try (var back = here.channels().open(Subscriber.anonymous())) {
                back.subscribe(ALBUM, start);
                begun(back);
                assertThat(payloads(back, 20)).isEqualTo(numbers(0, 20));
            }
        } finally {
            server().makeRoom();
        }
        publish(here, 20, 30);
        assertThat(payloads(ada, 10)).isEqualTo(numbers(20, 30));
    }

    /** A store that is full has room for a while yet, in what it had set aside. */
    private static void refuses(OneProcess process) {
        var large = "x".repeat(Channels.MAX_PAYLOAD_BYTES);
        await().atMost(PATIENCE).until(() -> {
            try {
                for (int i = 0; i < 3; i++) {
                    process.channels().publish(OTHER, large);
                }
                return false;
            } catch (BackingServiceException e) {
                return true;
            }
        });
    }
}
