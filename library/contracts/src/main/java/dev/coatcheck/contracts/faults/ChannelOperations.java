package dev.coatcheck.contracts.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.faults.Operation.Outage;
import dev.coatcheck.contracts.faults.Operation.Preparation;
import dev.coatcheck.contracts.faults.Operation.Room;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Nothing;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Subscription;
import dev.coatcheck.state.channels.Topic;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** What an application does with channels. */
final class ChannelOperations {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Channels channels;

    private ChannelOperations(Channels channels) {
        this.channels = channels;
    }

    static List<Operation> of(Channels channels) {
        return new ChannelOperations(channels).all();
    }

    private List<Operation> all() {
        return List.of(
                operation("publish a message", Outage.FAILS, Room.SOME, () -> {
                    var topic = topic();
                    return () -> channels.publish(topic, "hello");
                }),
                operation("subscribe to a topic", Outage.FAILS, Room.SOME, () -> {
                    var subscription = channels.open(Subscriber.anonymous());
                    return () -> subscription.subscribe(topic());
                }),
                operation("come back to a topic", Outage.FAILS, Room.NONE, () -> {
                    var topic = topic();
                    var seen = channels.publish(topic, "seen");
                    channels.publish(topic, "missed");
                    return () -> {
                        try (var subscription = channels.open(Subscriber.anonymous())) {
                            subscription.subscribe(topic, seen);
                            assertThat(subscription.next(PATIENCE)).isInstanceOf(Begun.class);
                            assertThat(subscription.next(PATIENCE))
                                    .isInstanceOfSatisfying(
                                            Message.class,
                                            message -> assertThat(message.payload())
                                                    .isEqualTo("missed"));
                        }
                    };
                }),
                operation("wait for a message", Outage.ANSWERS, Room.NONE, () -> {
                    var subscription = subscribed(topic());
                    return () ->
                            assertThat(subscription.next(Duration.ofMillis(50))).isEqualTo(new Nothing());
                }),
                operation("see who is present", Outage.FAILS, Room.NONE, () -> {
                    var topic = topic();
                    return () -> assertThat(channels.present(topic)).isEmpty();
                }),
                operation("revoke a user", Outage.FAILS, Room.SOME, () -> () -> channels.revokeUser("nobody")));
    }

    private Subscription subscribed(Topic topic) throws InterruptedException {
        var subscription = channels.open(Subscriber.anonymous());
        subscription.subscribe(topic);
        assertThat(subscription.next(PATIENCE)).isInstanceOf(Begun.class);
        return subscription;
    }

    private static Topic topic() {
        return Topic.of(UUID.randomUUID().toString());
    }

    private static Operation operation(String name, Outage outage, Room room, Preparation preparation) {
        return new Operation(name, outage, room, preparation);
    }
}
