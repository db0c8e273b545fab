package dev.coatcheck.contracts.channels;

import static dev.coatcheck.contracts.channels.ChannelsUnderTest.begun;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.message;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.missed;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.nothing;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.numbers;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.payloads;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.channels.CloseReason;
import dev.coatcheck.state.channels.Delivery.Closed;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Whoever comes back with a position gets what was missed, on any process. */
interface ComingBack extends ChannelsUnderTest {

    @Test
    default void who_comes_back_on_another_process_gets_what_was_missed_and_then_what_comes() throws Exception {
        var here = process(SETTINGS);
        Position position;
        try (var subscription = here.open(Subscriber.anonymous())) {
            subscription.subscribe(ALBUM);
            begun(subscription);
            here.publish(ALBUM, "seen");
            position = message(subscription).position();
        }
        // More than is read at once, and than a queue holds.
        numbers(0, 300).forEach(number -> here.publish(ALBUM, number));

        var there = process(SETTINGS);
        try (var subscription = there.open(Subscriber.anonymous())) {
            subscription.subscribe(ALBUM, position);
            assertThat(begun(subscription)).isEqualTo(position);
            assertThat(payloads(subscription, 300)).isEqualTo(numbers(0, 300));
            here.publish(ALBUM, "new");
            assertThat(payloads(subscription, 1)).containsExactly("new");
            nothing(subscription);
        }
    }

    @Test
    default void who_has_missed_nothing_gets_nothing_twice() throws Exception {
        var channels = process(SETTINGS);
        var position = channels.publish(ALBUM, "seen");
        try (var other = channels.open(Subscriber.anonymous());
                var subscription = channels.open(Subscriber.anonymous())) {
            other.subscribe(ALBUM);
            begun(other);
            subscription.subscribe(ALBUM, position);
            begun(subscription);
            channels.publish(ALBUM, "new");

            assertThat(payloads(subscription, 1)).containsExactly("new");
            nothing(subscription);
        }
    }

    @Test
    default void a_client_that_was_given_nothing_but_the_beginning_misses_nothing() throws Exception {
        var here = process(SETTINGS);
        var untouched = Topic.of("nothing was ever published here");
        Position position;
        try (var subscription = here.open(Subscriber.anonymous())) {
            subscription.subscribe(untouched);
            position = begun(subscription);
        }
        here.publish(untouched, "first");

        try (var subscription = process(SETTINGS).open(Subscriber.anonymous())) {
            subscription.subscribe(untouched, position);
            begun(subscription);
            assertThat(payloads(subscription, 1)).containsExactly("first");
        }
    }

    @Test
    default void a_position_that_the_store_does_not_know_is_told_and_what_comes_follows() throws Exception {
        var channels = process(SETTINGS);
        var last = channels.publish(ALBUM, "seen");
        var strange = List.<UnaryOperator<Position>>of(
                known -> new Position("another", known.offset()),
                known -> new Position(known.epoch(), known.offset() + 1_000_000),
                known -> new Position(known.epoch(), known.offset() - 1));
        for (var position : strange) {
            try (var subscription = channels.open(Subscriber.anonymous())) {
                subscription.subscribe(ALBUM, position.apply(last));
                begun(subscription);
                assertThat(missed(subscription).position()).isEqualTo(last);
                last = channels.publish(ALBUM, "new");
                assertThat(message(subscription).position()).isEqualTo(last);
            }
        }
    }

    @Test
    default void many_come_back_while_messages_are_published_and_all_get_each_once() throws Exception {
        var publisher = process(SETTINGS);
        var processes = List.of(process(SETTINGS), process(SETTINGS));
        var start = publisher.publish(ALBUM, "seen");
        numbers(0, 150).forEach(number -> publisher.publish(ALBUM, number));

        var heard = Together.call(9, thread -> {
            if (thread == 0) {
                numbers(150, 300).forEach(number -> publisher.publish(ALBUM, number));
                return numbers(0, 300);
            }
            try (var subscription = processes.get(thread % 2).open(Subscriber.anonymous())) {
                subscription.subscribe(ALBUM, start);
                begun(subscription);
                return new ArrayList<>(payloads(subscription, 300));
            }
        });

        assertThat(heard).allSatisfy(payloads -> assertThat(payloads).isEqualTo(numbers(0, 300)));
    }

    @Test
    default void who_leaves_a_topic_and_joins_it_again_gets_nothing_of_before() throws Exception {
        var channels = process(SETTINGS);
        try (var subscription = channels.open(Subscriber.anonymous());
                var other = channels.open(Subscriber.anonymous())) {
            for (var each : List.of(subscription, other)) {
                each.subscribe(ALBUM);
                begun(each);
            }
            channels.publish(ALBUM, "before");
            assertThat(payloads(other, 1)).containsExactly("before");
            subscription.unsubscribe(ALBUM);
            subscription.subscribe(ALBUM);
            channels.publish(ALBUM, "after");

            begun(subscription);
            assertThat(payloads(subscription, 1)).containsExactly("after");
            nothing(subscription);
        }
    }

    @Test
    default void who_leaves_while_catching_up_and_comes_back_gets_each_once_all_the_same() throws Exception {
        var channels = process(SETTINGS);
        var seen = channels.publish(ALBUM, "seen");
        numbers(0, 150).forEach(number -> channels.publish(ALBUM, number));
        try (var subscription = channels.open(Subscriber.anonymous())) {
            for (int taken : List.of(0, 1, 50, 110)) {
                subscription.subscribe(ALBUM, seen);
                begun(subscription);
                assertThat(payloads(subscription, taken)).isEqualTo(numbers(0, taken));
                subscription.unsubscribe(ALBUM);
            }
            subscription.subscribe(ALBUM, seen);

            begun(subscription);
            assertThat(payloads(subscription, 150)).isEqualTo(numbers(0, 150));
            nothing(subscription);
        }
    }

    @Test
    default void however_often_somebody_comes_and_goes_who_takes_nothing_the_queue_is_bounded() throws Exception {
        var channels = process(SETTINGS.withQueueMessages(10));
        var seen = channels.publish(ALBUM, "seen");
        try (var subscription = channels.open(Subscriber.anonymous())) {
            for (int i = 0; i < 100; i++) {
                subscription.subscribe(ALBUM, seen);
                subscription.unsubscribe(ALBUM);
            }
            nothing(subscription);
            for (int i = 0; i < 20; i++) {
                subscription.subscribe(Topic.of("album-" + i), seen);
            }
            assertThat(subscription.next(PATIENCE)).isEqualTo(new Closed(new CloseReason.TooSlow()));
        }
    }
}
