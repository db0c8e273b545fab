package dev.coatcheck.contracts.channels;

import static dev.coatcheck.contracts.channels.ChannelsUnderTest.begun;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.message;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.nothing;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.numbers;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.payloads;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Topic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is published by any process reaches all who listen, in one order. */
interface Publishing extends ChannelsUnderTest {

    @Test
    default void a_message_reaches_every_subscriber_in_every_process() throws Exception {
        var here = process(SETTINGS);
        var there = process(SETTINGS);
        try (var first = here.open(Subscriber.anonymous());
                var second = here.open(Subscriber.of("ada"));
                var third = there.open(Subscriber.of("bob"))) {
            for (var subscription : List.of(first, second, third)) {
                subscription.subscribe(ALBUM);
                begun(subscription);
            }
            var position = process(SETTINGS).publish(ALBUM, "hello");

            for (var subscription : List.of(first, second, third)) {
                assertThat(message(subscription)).isEqualTo(new Message(ALBUM, position, "hello"));
            }
        }
    }

    @Test
    default void messages_come_in_the_order_in_which_they_were_published() throws Exception {
        var channels = process(SETTINGS);
        try (var subscription = channels.open(Subscriber.anonymous())) {
            subscription.subscribe(ALBUM);
            var last = begun(subscription);
            for (var number : numbers(0, 50)) {
                channels.publish(ALBUM, number);
            }

            for (var number : numbers(0, 50)) {
                var message = message(subscription);
                assertThat(message.payload()).isEqualTo(number);
                assertThat(message.position().epoch()).isEqualTo(last.epoch());
                assertThat(message.position().offset()).isGreaterThan(last.offset());
                last = message.position();
            }
        }
    }

    @Test
    default void what_several_processes_publish_at_once_comes_to_all_in_the_same_order_and_each_once()
            throws Exception {
        var publishers = List.of(process(SETTINGS), process(SETTINGS), process(SETTINGS));
        try (var here = publishers.get(0).open(Subscriber.anonymous());
                var there = publishers.get(1).open(Subscriber.anonymous())) {
            for (var subscription : List.of(here, there)) {
                subscription.subscribe(ALBUM);
                begun(subscription);
            }
            Together.run(publishers.size(), process -> {
                for (int i = 0; i < 40; i++) {
                    publishers.get(process).publish(ALBUM, process + "." + i);
                }
            });
            var heard = payloads(here, 120);

            assertThat(payloads(there, 120)).isEqualTo(heard);
            assertThat(heard).doesNotHaveDuplicates();
            for (int process = 0; process < publishers.size(); process++) {
                var prefix = process + ".";
                assertThat(heard.stream().filter(payload -> payload.startsWith(prefix)))
                        .isEqualTo(numbers(0, 40).stream().map(prefix::concat).toList());
            }
            nothing(here);
            nothing(there);
        }
    }

    @Test
    default void topics_and_users_are_apart_whatever_they_are_called() throws Exception {
        var channels = process(SETTINGS);
        var names = List.of("ada", "Ada", "ada ", "{ada}", "u:ada", "*");
        var topics = new ArrayList<Topic>();
        names.forEach(name -> topics.addAll(List.of(Topic.of(name), Topic.ofUser(name))));
        try (var subscription = channels.open(Subscriber.anonymous())) {
            subscription.subscribe(Topic.of("ada"));
            begun(subscription);
            topics.forEach(topic -> channels.publish(topic, topic.text()));

            assertThat(payloads(subscription, 1)).containsExactly("t:ada");
            nothing(subscription);
        }
    }

    @Test
    default void one_subscription_listens_to_several_topics() throws Exception {
        var channels = process(SETTINGS);
        try (var subscription = channels.open(Subscriber.of("ada"))) {
            subscription.subscribe(ALBUM);
            begun(subscription);
            subscription.subscribe(Topic.ofUser("ada"));
            begun(subscription);
            channels.publish(ALBUM, "1");
            assertThat(message(subscription).topic()).isEqualTo(ALBUM);
            channels.publish(Topic.ofUser("ada"), "2");
            assertThat(message(subscription).topic()).isEqualTo(Topic.ofUser("ada"));

            subscription.unsubscribe(ALBUM);
            channels.publish(ALBUM, "3");
            channels.publish(Topic.ofUser("ada"), "4");
            assertThat(message(subscription).payload()).isEqualTo("4");
            assertThat(subscription.topics()).containsExactly(Topic.ofUser("ada"));
        }
    }

    @Test
    default void the_largest_payload_comes_whole() throws Exception {
        var channels = process(SETTINGS);
        var largest = "\ud83e\udde5".repeat(Channels.MAX_PAYLOAD_BYTES / 4);
        try (var subscription = channels.open(Subscriber.anonymous())) {
            subscription.subscribe(ALBUM);
            begun(subscription);
            channels.publish(ALBUM, largest);
            channels.publish(ALBUM, "");

            assertThat(payloads(subscription, 2)).containsExactly(largest, "");
        }
    }

    @Test
    default void who_listens_in_a_process_shares_one_object_a_message() throws Exception {
        var channels = process(SETTINGS);
        try (var first = channels.open(Subscriber.anonymous());
                var second = channels.open(Subscriber.anonymous())) {
            for (var subscription : List.of(first, second)) {
                subscription.subscribe(ALBUM);
                begun(subscription);
            }
            channels.publish(ALBUM, "large");

            assertThat(message(first)).isSameAs(message(second));
        }
    }
}
