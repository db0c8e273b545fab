package dev.coatcheck.contracts.channels;

import static dev.coatcheck.contracts.channels.ChannelActions.SETTINGS;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.ALBUM;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.PATIENCE;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.begun;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.numbers;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.payloads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Subscriber;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an adapter of channels passes while the network between one process and the store is cut. */
public abstract class CutOffChannelsContract {
    /** TCP sends again what was lost, later and later: about as late as the cut was long. */
    private static final Duration AFTER_THE_MEND = Duration.ofSeconds(60);

    /** The store under test, in this JVM, which nothing cuts off; asked once in a test, which closes it. */
    protected abstract ChannelStore store();

    /** How another JVM gets at the same store, with time-outs of a few seconds. */
    protected abstract Class<? extends StoreFactory<ChannelStore>> factory();

    /** What the factory is given there. */
    protected abstract String url();

    /** The command in front of that of a process whose network can be cut. */
    protected abstract List<String> enter();

    /** Cuts that network: nothing arrives any more, and nothing is refused. */
    protected abstract void cut();

    /** Mends it. */
    protected abstract void mend();

    @Test
    void who_listens_by_a_process_that_is_cut_off_is_absent_then_and_hears_everything_after_the_mend_or_what_it_missed()
            throws Exception {
        try (var channels = new Channels(store(), SETTINGS);
                var process = Peer.startIn(enter(), factory(), url(), ChannelActions.Listen.class, "ada");
                var bob = channels.open(Subscriber.of("bob"))) {
            assertThat(process.hear()).startsWith("begun ");
            bob.subscribe(ALBUM);
            begun(bob);
            awaitPresent(channels, PATIENCE, "ada", "bob");

            cut();
            numbers(0, 150).forEach(number -> channels.publish(ALBUM, number));
            assertThat(payloads(bob, 150)).as("the others notice nothing").isEqualTo(numbers(0, 150));
            awaitPresent(channels, PATIENCE, "bob");
            mend();

            for (var number : numbers(0, 150)) {
                assertThat(process.hear(AFTER_THE_MEND)).startsWith(number + " ");
            }
            awaitPresent(channels, PATIENCE, "ada", "bob");
            channels.publish(ALBUM, "end");
            assertThat(process.hear()).as("each of them came once").startsWith("end ");
            assertThat(payloads(bob, 1)).containsExactly("end");
        }
    }

    private static void awaitPresent(Channels channels, Duration limit, String... users) {
        await().atMost(limit).until(() -> channels.present(ALBUM).equals(Set.of(users)));
    }
}
