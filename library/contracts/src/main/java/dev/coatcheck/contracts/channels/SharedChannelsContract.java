package dev.coatcheck.contracts.channels;

import static dev.coatcheck.contracts.channels.ChannelsUnderTest.ALBUM;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.PATIENCE;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.begun;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.numbers;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.payloads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Subscriber;
import java.util.ArrayList;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every adapter of channels passes whose store several processes can reach: two JVMs, one killed or stopped. */
public abstract class SharedChannelsContract {

    /** The store under test, in this JVM; asked once in a test, which closes it. */
    protected abstract ChannelStore store();

    /** How another JVM gets at the same store. */
    protected abstract Class<? extends StoreFactory<ChannelStore>> factory();

    /** What the factory is given there. */
    protected abstract String url();

    @Test
    void a_client_of_a_process_that_was_killed_gets_here_what_it_missed_and_its_user_is_present_here_alone()
            throws Exception {
        try (var channels = new Channels(store(), ChannelActions.SETTINGS);
                var peer = start(ChannelActions.Listen.class, "ada");
                var bob = channels.open(Subscriber.of("bob"))) {
            peer.hear();
            bob.subscribe(ALBUM);
            channels.publish(ALBUM, "seen");
            var seen = Position.parse(peer.hear().replace("seen ", ""));
            await().atMost(PATIENCE).until(() -> channels.present(ALBUM).equals(Set.of("ada", "bob")));
            peer.kill();
            numbers(0, 50).forEach(number -> channels.publish(ALBUM, number));

            try (var back = channels.open(Subscriber.anonymous())) {
                back.subscribe(ALBUM, seen);
                begun(back);
                assertThat(payloads(back, 50)).isEqualTo(numbers(0, 50));
            }
            // The lease's whole time, and what it takes to notice.
            await().atMost(ChannelActions.LEASE.multipliedBy(3))
                    .until(() -> channels.present(ALBUM).equals(Set.of("bob")));
        }
    }

    @Test
    void of_a_publisher_that_is_killed_everything_comes_that_it_had_published_and_nothing_is_left_out()
            throws Exception {
        // However long it takes to kill the publisher, who listens here is not cut off for it.
        try (var channels = new Channels(store(), ChannelActions.SETTINGS.withQueueMessages(100_000));
                var subscription = channels.open(Subscriber.anonymous())) {
            subscription.subscribe(ALBUM);
            begun(subscription);
            var heard = new ArrayList<String>();
            try (var peer = start(ChannelActions.PublishOn.class)) {
                assertThat(peer.hear()).isEqualTo("published 0");
                heard.addAll(payloads(subscription, 200));
                peer.kill();
            }
            var end = channels.publish(ALBUM, "end");
            for (var position = Position.parse("a:0"); !position.equals(end); ) {
                var message = ChannelsUnderTest.message(subscription);
                position = message.position();
                heard.add(message.payload());
            }

            assertThat(heard.removeLast()).isEqualTo("end");
            assertThat(heard).isEqualTo(numbers(0, heard.size()));
        }
    }

    @Test
    void a_process_that_was_stopped_for_a_while_goes_on_where_it_was_and_is_present_again() throws Exception {
        try (var channels = new Channels(store(), ChannelActions.SETTINGS);
                var peer = start(ChannelActions.Listen.class, "ada")) {
            peer.hear();
            channels.publish(ALBUM, "before");
            assertThat(peer.hear()).startsWith("before ");
            await().atMost(PATIENCE).until(() -> channels.present(ALBUM).contains("ada"));
            peer.pause();
            await().atMost(PATIENCE).until(() -> channels.present(ALBUM).isEmpty());
            numbers(0, 150).forEach(number -> channels.publish(ALBUM, number));
            peer.resume();

            for (var number : numbers(0, 150)) {
                assertThat(peer.hear()).startsWith(number + " ");
            }
            await().atMost(PATIENCE).until(() -> channels.present(ALBUM).contains("ada"));
        }
    }

    @Test
    void a_user_that_is_revoked_here_is_closed_there() throws Exception {
        try (var channels = new Channels(store(), ChannelActions.SETTINGS);
                var peer = start(ChannelActions.Listen.class, "ada")) {
            peer.hear();
            channels.revokeUser("ada");

            assertThat(peer.hear()).isEqualTo("closed Revoked[]");
            peer.awaitSuccess();
        }
    }

    private Peer start(Class<? extends PeerAction<ChannelStore>> action, String... arguments) {
        return Peer.start(factory(), url(), action, arguments);
    }
}
