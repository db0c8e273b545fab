package dev.coatcheck.contracts.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.CloseReason;
import dev.coatcheck.state.channels.Delivery.Closed;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;
import dev.coatcheck.state.channels.Delivery.Nothing;
import dev.coatcheck.state.channels.Page;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Subscription;
import dev.coatcheck.state.channels.Topic;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process asks the store for, whichever it is: as little as will do, and bounded. */
class ChannelReadsTest {
    private static final Topic ALBUM = Topic.of("album-7");
    private static final ChannelSettings NEVER_CHECKED = ChannelSettings.defaults()
            .withCheck(Duration.ofHours(1))
            .withRetention(Retention.defaults().withBytes(64 << 20));

    private final InMemoryChannels shared = new InMemoryChannels(InstantSource.system());
    private final WatchedStore store = new WatchedStore(shared.attach());
    private final Channels channels = new Channels(store, NEVER_CHECKED);
    private final Channels publisher = new Channels(shared.attach(), NEVER_CHECKED);

    @AfterEach
    void close() {
        channels.close();
        publisher.close();
    }

    private Subscription subscribe(Topic topic) throws InterruptedException {
        var subscription = channels.open(Subscriber.anonymous());
        subscription.subscribe(topic);
        ChannelsUnderTest.begun(subscription);
        return subscription;
    }

    /** Each topic is looked at once when it is followed, beside the one of revocations. */
    private void awaitLooks(int topics) {
        await().atMost(ChannelsUnderTest.PATIENCE)
                .until(() -> store.looks.stream().mapToInt(looked -> looked).sum() == topics + 1);
    }

    @Test
    void a_message_that_is_told_of_without_its_text_is_read_once() throws Exception {
        var subscription = subscribe(ALBUM);
        awaitLooks(1);
        for (int i = 0; i < 20; i++) {
            publisher.publish(ALBUM, "" + i);
            assertThat(ChannelsUnderTest.payloads(subscription, 1)).containsExactly("" + i);
        }
        ChannelsUnderTest.nothing(subscription);

        assertThat(store.reads).hasSize(20);
    }

    @Test
    void a_revocation_waits_for_no_other_topic_that_is_read() throws Exception {
        var ada = channels.open(Subscriber.of("ada"));
        var topics =
                IntStream.range(0, 10).mapToObj(i -> Topic.of("album-" + i)).toList();
        for (var topic : topics) {
            ada.subscribe(topic);
            ChannelsUnderTest.begun(ada);
        }
        awaitLooks(topics.size());
        var held = new CountDownLatch(1);
        store.beforeRead = (topic, place) -> {
            if (topics.contains(topic)) {
                awaitLatch(held);
            }
        };
        topics.forEach(topic -> publisher.publish(topic, "slow to read"));
        await().atMost(ChannelsUnderTest.PATIENCE).until(() -> store.mostReadsAtOnce.get() == 4);
        publisher.revokeUser("ada");

        assertThat(ada.next(ChannelsUnderTest.PATIENCE)).isEqualTo(new Closed(new CloseReason.Revoked()));
        held.countDown();
    }

    @Test
    void those_who_subscribe_to_a_topic_that_cannot_be_begun_wait_for_one_attempt_together() throws Exception {
        channels.open(Subscriber.anonymous()).close(); // revocations are heard from here on
        store.begins.set(0);
        var waiting = new ConcurrentLinkedQueue<Thread>();
        store.beforeBegin = () -> {
            await().atMost(ChannelsUnderTest.PATIENCE)
                    .until(() -> waiting.size() == 8
                            && waiting.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
            throw new BackingServiceException("channels", "begin a topic", new IOException("of a test"));
        };

        var failures = Together.call(8, thread -> {
            try (var subscription = channels.open(Subscriber.anonymous())) {
                waiting.add(Thread.currentThread());
                return catchThrowable(() -> subscription.subscribe(ALBUM));
            }
        });

        assertThat(failures).allSatisfy(failure -> assertThat(failure).isInstanceOf(BackingServiceException.class));
        assertThat(store.begins).hasValue(1);
        store.beforeBegin = () -> {};
        var subscription = subscribe(ALBUM);
        publisher.publish(ALBUM, "heard");
        assertThat(ChannelsUnderTest.payloads(subscription, 1)).containsExactly("heard");
    }

    @Test
    void who_is_interrupted_while_a_topic_begins_does_not_end_the_attempt_for_others() {
        var subscription = channels.open(Subscriber.anonymous());
        store.beforeBegin = () -> {
            throw new BackingServiceException("channels", "begin a topic", new IOException("of a test"));
        };
        Thread.currentThread().interrupt();

        var failure = catchThrowable(() -> subscription.subscribe(ALBUM));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure).isInstanceOf(BackingServiceException.class);
    }

    @Test
    void who_leaves_a_topic_whose_history_is_being_read_waits_for_it_with_no_other() throws Exception {
        var other = Topic.of("other");
        var left = publisher.publish(ALBUM, "seen");
        var seen = publisher.publish(other, "seen");
        publisher.publish(ALBUM, "left");
        publisher.publish(other, "missed");
        var entered = new CountDownLatch(1);
        var held = new CountDownLatch(1);
        store.beforeRead = (topic, place) -> {
            if (place.equals(left)) {
                entered.countDown();
                awaitLatch(held);
            }
        };
        var subscription = back(left);
        assertThat(subscription.next(Duration.ofMillis(1))).isEqualTo(new Nothing());
        awaitLatch(entered);

        subscription.unsubscribe(ALBUM);
        subscription.subscribe(other, seen);
        ChannelsUnderTest.begun(subscription);

        assertThat(ChannelsUnderTest.payloads(subscription, 1)).containsExactly("missed");
        held.countDown();
    }

    @Test
    void who_waits_for_a_history_hears_of_other_topics_and_of_their_end_meanwhile() throws Exception {
        var other = Topic.of("other");
        var seen = publisher.publish(ALBUM, "seen");
        publisher.publish(ALBUM, "missed");
        var ada = channels.open(Subscriber.of("ada"));
        ada.subscribe(other);
        ChannelsUnderTest.begun(ada);
        awaitLooks(1);
        var entered = new CountDownLatch(1);
        var held = new CountDownLatch(1);
        store.beforeRead = (topic, place) -> {
            if (place.equals(seen)) {
                entered.countDown();
                awaitLatch(held);
            }
        };
        ada.subscribe(ALBUM, seen);
        ChannelsUnderTest.begun(ada);
        assertThat(ada.next(Duration.ofMillis(1))).isEqualTo(new Nothing());
        awaitLatch(entered);

        publisher.publish(other, "now");
        assertThat(ada.next(ChannelsUnderTest.PATIENCE))
                .isInstanceOfSatisfying(
                        Message.class, message -> assertThat(message.payload()).isEqualTo("now"));
        publisher.revokeUser("ada");
        assertThat(ada.next(ChannelsUnderTest.PATIENCE)).isEqualTo(new Closed(new CloseReason.Revoked()));
        held.countDown();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void who_is_ahead_of_a_process_when_the_store_loses_that_place_is_told_so(boolean somethingElseComes)
            throws Exception {
        var here = subscribe(ALBUM);
        awaitLooks(1);
        var behind = publisher.publish(ALBUM, "kept");
        ChannelsUnderTest.payloads(here, 1);
        store.tells = false;
        var ahead = publisher.publish(ALBUM, "lost");
        var reads = new AtomicInteger();
        var joined = new CountDownLatch(1);
        var held = new CountDownLatch(1);
        store.hides = place -> place.equals(behind) && reads.get() == 1;
        store.beforeRead = (topic, place) -> {
            // The first is for somebody who is ahead of this process, the second for somebody who has joined it there.
            if (place.equals(behind) && reads.incrementAndGet() == 2) {
                joined.countDown();
                awaitLatch(held);
            }
        };
        var subscription = back(ahead);
        await().atMost(ChannelsUnderTest.PATIENCE).until(() -> {
            assertThat(subscription.next(Duration.ofMillis(10))).isEqualTo(new Nothing());
            return joined.getCount() == 0;
        });

        shared.loseAfter(ALBUM, behind);
        if (somethingElseComes) {
            store.tellsTexts = true;
            publisher.publish(ALBUM, "else");
        } else {
            held.countDown();
        }

        assertThat(subscription.next(ChannelsUnderTest.PATIENCE)).isEqualTo(new Missed(ALBUM, behind));
        held.countDown();
        store.tellsTexts = true;
        publisher.publish(ALBUM, "new");
        assertThat(ChannelsUnderTest.payloads(subscription, somethingElseComes ? 2 : 1))
                .endsWith("new");
    }

    /** Longer than anybody waits for what this holds up. */
    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(3 * ChannelsUnderTest.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void an_error_silences_neither_a_topic_nor_the_looks_nor_the_checks() throws Exception {
        var checked = new WatchedStore(shared.attach());
        try (var often = new Channels(checked, NEVER_CHECKED.withCheck(Duration.ofMillis(100)));
                var subscription = often.open(Subscriber.anonymous())) {
            subscription.subscribe(ALBUM);
            ChannelsUnderTest.begun(subscription);
            checked.tells = false; // so that only a check finds what is published
            for (var errors : List.of(checked.readErrors, checked.lookErrors, checked.checkErrors)) {
                errors.add(new NoClassDefFoundError("of a test"));
                publisher.publish(ALBUM, "1");
                await().dontCatchUncaughtExceptions()
                        .atMost(ChannelsUnderTest.PATIENCE)
                        .until(errors::isEmpty);
                publisher.publish(ALBUM, "2");
                assertThat(ChannelsUnderTest.payloads(subscription, 2)).containsExactly("1", "2");
            }
        }
    }

    @Test
    void of_a_thousand_topics_of_which_something_may_have_been_missed_only_those_are_read_that_moved()
            throws Exception {
        var topics =
                IntStream.range(0, 1_000).mapToObj(i -> Topic.of("album-" + i)).toList();
        var subscriptions = new ArrayList<Subscription>();
        for (var topic : topics) {
            subscriptions.add(subscribe(topic));
        }
        awaitLooks(topics.size());
        store.looks.clear();
        store.tells = false;
        for (int i = 0; i < 30; i++) {
            publisher.publish(topics.get(i), "missed");
        }
        var held = new CountDownLatch(1);
        store.beforeRead = (topic, place) -> awaitLatch(held);
        store.mayHaveMissed(topics);
        awaitFourReadersAndNoMore();
        held.countDown();

        for (int i = 0; i < 30; i++) {
            assertThat(ChannelsUnderTest.payloads(subscriptions.get(i), 1)).containsExactly("missed");
        }
        await().atMost(ChannelsUnderTest.PATIENCE)
                .until(() -> store.looks.stream().mapToInt(looked -> looked).sum() == topics.size());
        assertThat(store.looks).hasSizeLessThan(topics.size() / 2);
        assertThat(store.reads).hasSize(30);
        assertThat(store.mostReadsAtOnce).hasValue(4);
    }

    private void awaitFourReadersAndNoMore() {
        await().during(ChannelsUnderTest.WHILE)
                .atMost(ChannelsUnderTest.PATIENCE)
                .until(() -> store.mostReadsAtOnce.get() == 4);
    }

    @Test
    void what_is_read_for_those_who_catch_up_is_bounded_in_a_process_however_many_and_slow_they_are() throws Exception {
        var large = "x".repeat(16 << 10);
        var seen = publisher.publish(ALBUM, "seen");
        for (int i = 0; i < 150; i++) {
            publisher.publish(ALBUM, large);
        }
        var slow = new ArrayList<Subscription>();
        for (int i = 0; i < 500; i++) {
            var subscription = channels.open(Subscriber.anonymous());
            subscription.subscribe(ALBUM, seen);
            ChannelsUnderTest.begun(subscription);
            assertThat(ChannelsUnderTest.payloads(subscription, 1)).hasSize(1);
            slow.add(subscription); // takes nothing more, and holds its page
        }

        assertThat(store.reads).hasSize(500);
        // A page that had no room for more than the message that was taken is free again.
        var held = store.reads.stream().mapToLong(Page::bytes).filter(bytes -> bytes > large.length());
        assertThat(held.sum()).isLessThanOrEqualTo(32 << 20);
        var quick = slow.removeLast();
        assertThat(ChannelsUnderTest.payloads(quick, 149)).hasSize(149);
        store.reads.clear();
        slow.forEach(Subscription::close);
        assertThat(ChannelsUnderTest.payloads(back(seen), 150)).hasSize(150);
        assertThat(store.reads.getLast().bytes())
                .as("the room of those who have ended is free again")
                .isEqualTo(256 << 10);
    }

    private Subscription back(Position seen) throws InterruptedException {
        var subscription = channels.open(Subscriber.anonymous());
        subscription.subscribe(ALBUM, seen);
        ChannelsUnderTest.begun(subscription);
        return subscription;
    }

    @Test
    void what_is_small_takes_no_more_room_than_it_needs() throws Exception {
        var seen = publisher.publish(ALBUM, "seen");
        publisher.publish(ALBUM, "1");
        publisher.publish(ALBUM, "2");
        for (int i = 0; i < 500; i++) {
            assertThat(ChannelsUnderTest.payloads(back(seen), 1)).hasSize(1);
        }

        assertThat(store.reads)
                .hasSize(500)
                .allSatisfy(page -> assertThat(page.bytes()).isEqualTo(256 << 10));
    }

    @Test
    void those_who_come_back_together_read_a_few_at_a_time() throws Exception {
        var seen = publisher.publish(ALBUM, "seen");
        publisher.publish(ALBUM, "missed");
        var held = new CountDownLatch(1);
        store.beforeRead = (topic, place) -> awaitLatch(held);
        var release = Thread.ofVirtual().start(() -> {
            try {
                awaitFourReadersAndNoMore();
            } finally {
                held.countDown();
            }
        });

        var heard = Together.call(50, thread -> ChannelsUnderTest.payloads(back(seen), 1));

        assertThat(heard).containsOnly(List.of("missed"));
        release.join();
        assertThat(store.mostReadsAtOnce).hasValue(4);
    }
}
