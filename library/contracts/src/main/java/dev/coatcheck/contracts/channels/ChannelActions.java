package dev.coatcheck.contracts.channels;

import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Closed;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;
import dev.coatcheck.state.channels.Delivery.Nothing;
import dev.coatcheck.state.channels.Subscriber;
import java.time.Duration;
import java.util.List;

/** What the other JVMs of {@link SharedChannelsContract} do. */
final class ChannelActions {
    /** How long a dead process is said to be present in these tests. */
    static final Duration LEASE = Duration.ofSeconds(2);

    static final ChannelSettings SETTINGS =
            ChannelSettings.defaults().withLease(LEASE).withCheck(Duration.ofSeconds(1));

    private ChannelActions() {}

    /** Listens as the user that it is given, and says everything that comes with its position. */
    public static final class Listen implements PeerAction<ChannelStore> {
        @Override
        public void run(ChannelStore store, List<String> arguments, Conversation conversation) throws Exception {
            var subscription = new Channels(store, SETTINGS).open(Subscriber.of(arguments.get(0)));
            subscription.subscribe(ChannelsUnderTest.ALBUM);
            while (true) {
                switch (subscription.next(ChannelsUnderTest.PATIENCE)) {
                    case Begun(var topic, var position) -> conversation.say("begun " + position);
                    case Message(var topic, var position, var payload) -> conversation.say(payload + " " + position);
                    case Missed(var topic, var position) -> conversation.say("missed " + position);
                    case Nothing() -> {}
                    case Closed(var reason) -> {
                        conversation.say("closed " + reason);
                        return;
                    }
                }
            }
        }
    }

    /** Publishes numbers, one after another, for as long as it lives. */
    public static final class PublishOn implements PeerAction<ChannelStore> {
        @Override
        public void run(ChannelStore store, List<String> arguments, Conversation conversation) {
            var channels = new Channels(store, SETTINGS);
            for (int i = 0; true; i++) {
                channels.publish(ChannelsUnderTest.ALBUM, "" + i);
                if (i % 100 == 0) {
                    conversation.say("published " + i);
                }
            }
        }
    }
}
