package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.ChannelStore.Presence;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.CloseReason;
import dev.coatcheck.state.channels.Delivery;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Closed;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;
import dev.coatcheck.state.channels.History.Kept;
import dev.coatcheck.state.channels.Page;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.StoredMessage;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Subscription;
import dev.coatcheck.state.channels.Topic;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RestoreArgs;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The way of a message is cut, the server loses what it had, and what other releases wrote is read. */
class RedisChannelsTest {
    private static final Topic ALBUM = Topic.of("album-7");
    private static final String LOG = "coatcheck:channel:{t:album-7}:log";
    private static final String KNOWN = "coatcheck:channel:{t:album-7}:known";
    private static final String TOLD = "coatcheck:channel-told:t:album-7";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ChannelSettings NEVER_CHECKED =
            ChannelSettings.defaults().withCheck(Duration.ofHours(1));
    private static final ChannelSettings OFTEN_CHECKED =
            ChannelSettings.defaults().withCheck(Duration.ofMillis(200));

    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    private static Subscription subscribe(Channels channels) throws InterruptedException {
        var subscription = channels.open(Subscriber.anonymous());
        subscription.subscribe(ALBUM);
        assertThat(next(subscription)).isInstanceOf(Begun.class);
        return subscription;
    }

    private static Delivery next(Subscription subscription) throws InterruptedException {
        return subscription.next(PATIENCE);
    }

    private static void hears(Subscription subscription, String payload) throws InterruptedException {
        assertThat(next(subscription))
                .isInstanceOfSatisfying(
                        Message.class, message -> assertThat(message.payload()).isEqualTo(payload));
    }

    private long listening() {
        return store.besides().pubsubNumsub(TOLD).getOrDefault(TOLD, 0L);
    }

    @Test
    void a_process_listens_to_the_topics_of_its_subscribers_and_to_no_others() throws Exception {
        try (var channels = store.redis().channels(NEVER_CHECKED)) {
            channels.publish(ALBUM, "nobody listens");
            assertThat(listening()).isZero();
            var first = subscribe(channels);
            var second = subscribe(channels);
            await().atMost(PATIENCE).until(() -> listening() == 1);
            first.close();
            channels.publish(ALBUM, "1");
            hears(second, "1");
            assertThat(listening()).isOne();

            second.close();
            await().atMost(PATIENCE).until(() -> listening() == 0);
        }
    }

    @Test
    void nothing_is_lost_when_the_connection_that_tells_of_messages_is_cut() throws Exception {
        try (var channels = store.redis().channels(NEVER_CHECKED)) {
            var subscription = subscribe(channels);
            await().atMost(PATIENCE).until(() -> listening() == 1);
            for (int i = 0; i < 200; i++) {
                if (i % 50 == 25) {
                    store.besides().clientKill(KillArgs.Builder.typePubsub());
                }
                channels.publish(ALBUM, "" + i);
            }

            for (int i = 0; i < 200; i++) {
                hears(subscription, "" + i);
            }
        }
    }

    @Test
    void a_message_whose_word_was_lost_is_found_by_the_next_check() throws Exception {
        try (var channels = store.redis().channels(OFTEN_CHECKED)) {
            var begun = store.redis().channels(NEVER_CHECKED).publish(ALBUM, "seen");
            var subscription = subscribe(channels);
            var offset = begun.offset() + 1;
            store.besides()
                    .xadd(LOG, new XAddArgs().id(offset + "-0"), Map.of("b", "" + begun.offset(), "p", "silent"));
            store.besides().hset(KNOWN, "last", "" + offset);

            hears(subscription, "silent");
        }
    }

    @Test
    void what_the_server_forgot_of_a_topic_was_missed() throws Exception {
        try (var channels = store.redis().channels(OFTEN_CHECKED)) {
            channels.publish(ALBUM, "seen");
            var subscription = subscribe(channels);
            store.besides().del(LOG, KNOWN);

            assertThat(next(subscription)).isInstanceOf(Missed.class);
            channels.publish(ALBUM, "new");
            hears(subscription, "new");
        }
    }

    @Test
    void a_server_that_forgot_everything_may_have_forgotten_who_was_revoked() throws Exception {
        try (var channels = store.redis().channels(OFTEN_CHECKED)) {
            var subscription = subscribe(channels);
            store.besides().flushdb();

            var first = next(subscription);
            // The topic itself may be looked at before the revocations are.
            assertThat(first instanceof Missed ? next(subscription) : first)
                    .isEqualTo(new Closed(new CloseReason.Unsure()));
            channels.publish(ALBUM, "new");
            subscribe(channels);
        }
    }

    @Test
    void what_a_server_lost_that_came_back_with_an_older_state_was_missed_although_it_went_on() throws Exception {
        try (var channels = store.redis().channels(NEVER_CHECKED)) {
            var subscription = subscribe(channels);
            channels.publish(ALBUM, "1");
            hears(subscription, "1");
            var log = store.besides().dump(LOG);
            var known = store.besides().dump(KNOWN);
            var lost = channels.publish(ALBUM, "2, which the replica never got");
            hears(subscription, "2, which the replica never got");
            store.besides().restore(LOG, log, RestoreArgs.Builder.ttl(PATIENCE).replace());
            store.besides()
                    .restore(KNOWN, known, RestoreArgs.Builder.ttl(PATIENCE).replace());
            var after = channels.publish(ALBUM, "3, of which the lost one could not tell");

            assertThat(after.offset()).isGreaterThan(lost.offset());
            assertThat(next(subscription)).isEqualTo(new Missed(ALBUM, after));
            channels.publish(ALBUM, "4");
            hears(subscription, "4");
        }
    }

    @Test
    void a_way_that_was_silent_for_a_while_and_then_cut_brings_everything_in_the_end() throws Exception {
        try (var relay = Relay.to(SharedServers.redis().tcpPort());
                var behind = TestRedis.attachInTime(
                        relay.through(store.url()), RedisSettings.defaults().withTimeout(Duration.ofSeconds(1)));
                var there = behind.channels(OFTEN_CHECKED);
                var here = store.redis().channels(NEVER_CHECKED)) {
            var subscription = subscribe(there);
            relay.loseAnswers();
            for (int i = 0; i < 20; i++) {
                here.publish(ALBUM, "" + i);
            }
            relay.pass();

            for (int i = 0; i < 20; i++) {
                hears(subscription, "" + i);
            }
        }
    }

    @Test
    void what_the_first_release_wrote_is_read_and_goes_on() {
        store.besides()
                .hset(KNOWN, Map.of("format", "1", "epoch", "42", "last", "102", "dropped", "100", "bytes", "1"));
        store.besides().xadd(LOG, new XAddArgs().id("102-0"), Map.of("b", "100", "p", "x"));
        var channels = store.redis().channelStore();

        assertThat(channels.begin(ALBUM)).isEqualTo(new Position("42", 102));
        var seen = new StoredMessage(new Position("42", 102), 100, "x");
        assertThat(channels.read(ALBUM, new Position("42", 100), new Page(10, 1 << 20)))
                .isEqualTo(new Kept(List.of(seen)));
        assertThat(channels.publish(ALBUM, "y", Retention.defaults()).epoch()).isEqualTo("42");
    }

    @Test
    void the_keys_of_a_topic_are_in_one_slot_whatever_its_name_and_nothing_stays_for_ever() {
        var channels = store.redis().channelStore();
        for (var name : List.of("album", "}x", "{}", "{", "a}b{c}", "\ud83e\udde5")) {
            channels.publish(Topic.of(name), "x", Retention.defaults());
            channels.announce("web.1", List.of(new Presence(Topic.of(name), "ada")), List.of());

            var keys = store.besides().keys("*");
            assertThat(keys)
                    .hasSize(3)
                    .allSatisfy(key -> assertThat(store.besides().pttl(key)).isPositive());
            assertThat(keys.stream().map(SlotHash::getSlot).collect(Collectors.toSet()))
                    .hasSize(1);
            store.besides().flushdb();
        }
    }

    @Test
    void what_a_dead_process_left_is_cleared_away_by_who_asks() {
        var channels = store.redis().channelStore();
        channels.enter("alive", PATIENCE);
        channels.announce("alive", List.of(new Presence(ALBUM, "ada")), List.of());
        channels.announce("dead", List.of(new Presence(ALBUM, "bob")), List.of());

        assertThat(channels.present(ALBUM)).isEqualTo(Set.of("ada"));
        await().atMost(PATIENCE)
                .until(() -> store.besides()
                        .hkeys("coatcheck:channel:{t:album-7}:present")
                        .equals(List.of("alive ada")));
    }
}
