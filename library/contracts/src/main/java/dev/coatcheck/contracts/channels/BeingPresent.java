package dev.coatcheck.contracts.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.channels.ChannelStore.Presence;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who is there is known everywhere, until they go or their process is gone. */
interface BeingPresent extends ChannelsUnderTest {

    private static void awaitPresent(Channels channels, Topic topic, String... users) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(channels.present(topic)).containsExactlyInAnyOrder(users));
    }

    @Test
    default void users_are_present_on_a_topic_while_a_connection_of_theirs_subscribes_to_it() {
        var here = process(SETTINGS);
        var there = process(SETTINGS);
        var ada = here.open(Subscriber.of("ada"));
        var adaElsewhere = there.open(Subscriber.of("ada"));
        var bob = there.open(Subscriber.of("bob"));
        var nobody = here.open(Subscriber.anonymous());
        List.of(ada, adaElsewhere, bob, nobody).forEach(subscription -> subscription.subscribe(ALBUM));
        ada.subscribe(Topic.ofUser("ada"));
        awaitPresent(here, ALBUM, "ada", "bob");
        awaitPresent(there, Topic.ofUser("ada"), "ada");
        assertThat(there.present(Topic.of("empty"))).isEmpty();

        ada.close();
        awaitPresent(there, Topic.ofUser("ada"));
        awaitPresent(here, ALBUM, "ada", "bob");
        adaElsewhere.unsubscribe(ALBUM);
        awaitPresent(here, ALBUM, "bob");
        there.close();
        awaitPresent(here, ALBUM);
    }

    @Test
    default void a_process_that_says_nothing_any_more_is_forgotten_with_all_its_users() {
        var store = attach();
        store.enter("dead", Duration.ofMillis(500));
        store.announce("dead", List.of(new Presence(ALBUM, "ada")), List.of());
        store.enter("alive", Duration.ofMinutes(5));
        store.announce("alive", List.of(new Presence(ALBUM, "bob")), List.of());
        assertThat(store.present(ALBUM)).contains("bob");

        await().atMost(PATIENCE).until(() -> store.present(ALBUM).equals(Set.of("bob")));
        assertThat(store.renew("dead", Duration.ofMinutes(5))).isFalse();
        assertThat(store.renew("never there", Duration.ofMinutes(5))).isFalse();
        assertThat(store.renew("alive", Duration.ofMinutes(5))).isTrue();
        assertThat(store.present(ALBUM)).containsExactly("bob");
    }

    @Test
    default void a_process_that_is_renewed_stays() {
        var store = attach();
        var lease = Duration.ofSeconds(3);
        store.enter("alive", lease);
        store.announce("alive", List.of(new Presence(ALBUM, "ada")), List.of());

        await().during(lease.plusSeconds(1))
                .atMost(PATIENCE)
                .pollInterval(lease.dividedBy(10))
                .until(() -> store.renew("alive", lease) && store.present(ALBUM).equals(Set.of("ada")));
        store.exit("alive");
        assertThat(store.present(ALBUM)).isEmpty();
        assertThat(store.renew("alive", lease)).isFalse();
    }

    @Test
    default void a_process_that_lives_on_is_present_for_longer_than_its_lease() {
        var lease = Duration.ofMillis(600);
        var channels = process(SETTINGS.withLease(lease));
        channels.open(Subscriber.of("ada")).subscribe(ALBUM);
        awaitPresent(channels, ALBUM, "ada");

        await().during(lease.multipliedBy(4))
                .atMost(PATIENCE)
                .pollInterval(lease.dividedBy(10))
                .until(() -> channels.present(ALBUM).equals(Set.of("ada")));
    }

    @Test
    default void saying_a_thing_again_or_many_at_once_changes_nothing() {
        var store = attach();
        var many = IntStream.range(0, 300)
                .mapToObj(i -> new Presence(Topic.of("album-" + i % 7), "user-" + i))
                .toList();
        store.enter("web.1", Duration.ofMinutes(5));
        store.announce("web.1", many, List.of());
        store.announce("web.1", many, List.of());
        assertThat(store.present(ALBUM)).isEmpty();
        assertThat(store.present(Topic.of("album-0"))).hasSize(43);

        store.announce("web.1", List.of(), many);
        store.announce("web.1", List.of(), many);
        assertThat(store.present(Topic.of("album-0"))).isEmpty();
    }
}
