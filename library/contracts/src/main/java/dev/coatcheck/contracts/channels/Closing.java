package dev.coatcheck.contracts.channels;

import static dev.coatcheck.contracts.channels.ChannelsUnderTest.begun;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.next;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.nothing;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.numbers;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.payloads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.CloseReason;
import dev.coatcheck.state.channels.Delivery.Closed;
import dev.coatcheck.state.channels.Delivery.Nothing;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Subscriptions end: their user's access, their process, or because they are too slow. */
interface Closing extends ChannelsUnderTest {

    private static void closed(Subscription subscription, CloseReason reason) throws InterruptedException {
        for (int i = 0; i < 2; i++) {
            assertThat(next(subscription)).isEqualTo(new Closed(reason));
        }
    }

    @Test
    default void a_user_that_is_revoked_hears_nothing_more_on_any_process() throws Exception {
        var here = process(SETTINGS);
        var there = process(SETTINGS);
        var ada = here.open(Subscriber.of("ada").withSession("phone"));
        var adaElsewhere = there.open(Subscriber.of("ada"));
        var bob = there.open(Subscriber.of("bob"));
        for (var subscription : List.of(ada, adaElsewhere, bob)) {
            subscription.subscribe(ALBUM);
            begun(subscription);
        }
        process(SETTINGS).revokeUser("ada");
        closed(ada, new CloseReason.Revoked());
        closed(adaElsewhere, new CloseReason.Revoked());

        here.publish(ALBUM, "secret");
        assertThat(payloads(bob, 1)).containsExactly("secret");
        closed(ada, new CloseReason.Revoked());
        await().atMost(PATIENCE).until(() -> here.subscriptions() == 0 && there.subscriptions() == 1);
    }

    @Test
    default void of_a_user_who_opens_more_than_one_may_have_in_a_process_the_oldest_ends() throws Exception {
        var few = SETTINGS.withUserSubscriptions(2);
        var here = process(few);
        var there = process(few);
        var first = here.open(Subscriber.of("ada"));
        var second = here.open(Subscriber.of("ada"));
        var elsewhere = there.open(Subscriber.of("ada"));
        var bob = here.open(Subscriber.of("bob"));
        for (int i = 0; i < 3; i++) {
            here.open(Subscriber.anonymous());
        }
        nothing(first);

        var third = here.open(Subscriber.of("ada"));
        closed(first, new CloseReason.TooMany());
        nothing(second);
        second.close();
        await().atMost(PATIENCE).until(() -> here.subscriptions() == 5);
        here.open(Subscriber.of("ada"));

        for (var open : List.of(third, elsewhere, bob)) {
            nothing(open);
        }
    }

    @Test
    default void a_client_that_comes_again_takes_its_own_place_and_nobody_elses() throws Exception {
        var channels = process(SETTINGS.withUserSubscriptions(2));
        var page = Subscriber.of("ada").withClient("page");
        var other = channels.open(Subscriber.of("ada").withClient("other"));
        var stranger = channels.open(Subscriber.of("bob").withClient("page"));
        var last = channels.open(page);
        for (int i = 0; i < 30; i++) {
            var again = channels.open(page);
            closed(last, new CloseReason.Ended());
            last = again;
        }

        for (var open : List.of(other, stranger, last)) {
            nothing(open);
        }
    }

    @Test
    default void nobody_gives_up_a_place_for_one_that_is_not_served() throws Exception {
        var channels = process(SETTINGS.withUserSubscriptions(1));
        var ada = Subscriber.of("ada");
        var first = channels.open(ada);
        channels.prepare(ada).close();
        var served = channels.prepare(ada);
        nothing(first);
        served.admit();
        closed(first, new CloseReason.TooMany());

        var all = new ArrayList<Subscription>();
        for (var user : numbers(0, 10)) {
            all.add(channels.open(Subscriber.of(user)));
        }
        var draining = Thread.startVirtualThread(() -> drain(channels));
        await().atMost(PATIENCE).until(() -> channels.subscriptions() < all.size());
        for (var user : numbers(0, 10)) {
            channels.open(Subscriber.of(user));
        }
        draining.join();

        for (var subscription : all) {
            assertThat(next(subscription))
                    .isInstanceOfSatisfying(
                            Closed.class,
                            closed -> assertThat(closed.reason()).isInstanceOf(CloseReason.Draining.class));
        }
    }

    private static void drain(Channels channels) {
        try {
            channels.drain(Duration.ofMillis(500));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    default void a_session_that_is_revoked_takes_no_other_of_its_user_with_it() throws Exception {
        var channels = process(SETTINGS);
        var phone = channels.open(Subscriber.of("ada").withSession("phone"));
        var laptop = channels.open(Subscriber.of("ada").withSession("laptop"));
        process(SETTINGS).revokeSession("phone");

        closed(phone, new CloseReason.Revoked());
        nothing(laptop);
    }

    @Test
    default void who_takes_messages_too_slowly_is_cut_off_and_slows_nobody() throws Exception {
        var channels = process(SETTINGS.withQueueMessages(10));
        try (var slow = channels.open(Subscriber.anonymous());
                var quick = channels.open(Subscriber.anonymous())) {
            for (var subscription : List.of(slow, quick)) {
                subscription.subscribe(ALBUM);
                begun(subscription);
            }
            var last = channels.publish(ALBUM, "0");
            var heard = new ArrayList<>(payloads(quick, 1));
            for (var number : numbers(1, 30)) {
                channels.publish(ALBUM, number);
                heard.addAll(payloads(quick, 1));
            }

            assertThat(heard).isEqualTo(numbers(0, 30));
            closed(slow, new CloseReason.TooSlow());
            try (var back = channels.open(Subscriber.anonymous())) {
                back.subscribe(ALBUM, last);
                begun(back);
                assertThat(payloads(back, 29)).isEqualTo(numbers(1, 30));
            }
        }
    }

    @Test
    default void a_queue_is_bounded_in_bytes_too() throws Exception {
        var channels = process(SETTINGS.withQueueBytes(1_000));
        try (var subscription = channels.open(Subscriber.anonymous())) {
            subscription.subscribe(ALBUM);
            begun(subscription);
            channels.publish(ALBUM, "x".repeat(2_000));
            assertThat(payloads(subscription, 1)).containsExactly("x".repeat(2_000));
            channels.publish(ALBUM, "x".repeat(600));
            channels.publish(ALBUM, "x".repeat(600));

            await().atMost(PATIENCE).until(() -> channels.subscriptions() == 0);
            closed(subscription, new CloseReason.TooSlow());
        }
    }

    @Test
    default void a_process_that_drains_spreads_the_ends_over_a_window_and_says_when_to_come_back() throws Exception {
        var channels = process(SETTINGS);
        var subscriptions = new ArrayList<Subscription>();
        for (int i = 0; i < 20; i++) {
            subscriptions.add(channels.open(Subscriber.anonymous()));
        }
        var window = Duration.ofMillis(500);
        long begun = System.nanoTime();
        channels.drain(window);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(window.dividedBy(2));
        subscriptions.add(channels.open(Subscriber.anonymous()));
        for (var subscription : subscriptions) {
            assertThat(next(subscription))
                    .isInstanceOfSatisfying(
                            Closed.class,
                            closed -> assertThat(closed.reason())
                                    .isInstanceOfSatisfying(
                                            CloseReason.Draining.class,
                                            draining -> assertThat(draining.retryAfter())
                                                    .isPositive()));
        }
    }

    @Test
    default void what_is_closed_says_so() throws Exception {
        var channels = process(SETTINGS);
        var subscription = channels.open(Subscriber.anonymous());
        subscription.subscribe(ALBUM);
        begun(subscription);
        assertThat(subscription.next(Duration.ZERO)).isEqualTo(new Nothing());
        var other = channels.open(Subscriber.anonymous());
        subscription.close();
        subscription.subscribe(ALBUM);
        closed(subscription, new CloseReason.Ended());

        channels.close();
        closed(other, new CloseReason.Ended());
        assertThatThrownBy(() -> channels.open(Subscriber.anonymous())).isInstanceOf(IllegalStateException.class);
    }
}
