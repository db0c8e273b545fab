package dev.coatcheck.contracts.channels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Delivery;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;
import dev.coatcheck.state.channels.Delivery.Nothing;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Subscription;
import dev.coatcheck.state.channels.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What the parts of the contract share: processes on one store, and the few steps that nearly every test begins with. */
interface ChannelsUnderTest {
    /** The topic of most tests. */
    Topic ALBUM = Topic.of("album-7");

    /** How long something may take that is bound to happen. */
    Duration PATIENCE = Duration.ofSeconds(20);

    /** How long it takes to be sure that nothing happens. */
    Duration WHILE = Duration.ofMillis(300);

    /** Nothing is lost in these tests, so that what would come only by a check is late. */
    ChannelSettings SETTINGS = ChannelSettings.defaults();

    /** One more process. */
    Channels process(ChannelSettings settings);

    /** What one more process has of the store. */
    ChannelStore attach();

    /** What comes next, which is bound to come. */
    static Delivery next(Subscription subscription) throws InterruptedException {
        return subscription.next(PATIENCE);
    }

    /** Where a topic begins for a subscription that has just subscribed to it. */
    static Position begun(Subscription subscription) throws InterruptedException {
        var next = next(subscription);
        assertThat(next).isInstanceOf(Begun.class);
        return ((Begun) next).position();
    }

    static Message message(Subscription subscription) throws InterruptedException {
        var next = next(subscription);
        assertThat(next).isInstanceOf(Message.class);
        return (Message) next;
    }

    static Missed missed(Subscription subscription) throws InterruptedException {
        var next = next(subscription);
        assertThat(next).isInstanceOf(Missed.class);
        return (Missed) next;
    }

    /** The payloads of the next messages. */
    static List<String> payloads(Subscription subscription, int count) throws InterruptedException {
        var payloads = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            payloads.add(message(subscription).payload());
        }
        return payloads;
    }

    static void nothing(Subscription subscription) throws InterruptedException {
        assertThat(subscription.next(WHILE)).isEqualTo(new Nothing());
    }

    /** The texts of numbers from one up to and without another. */
    static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }
}
