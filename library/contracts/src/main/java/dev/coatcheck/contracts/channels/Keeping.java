package dev.coatcheck.contracts.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.channels.History;
import dev.coatcheck.state.channels.History.Gone;
import dev.coatcheck.state.channels.History.Kept;
import dev.coatcheck.state.channels.Page;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.StoredMessage;
import dev.coatcheck.state.channels.Topic;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The store keeps as much as it is told to, and says what it does not keep any more. */
interface Keeping extends ChannelsUnderTest {
    Retention ALL = Retention.defaults();

    /** So many messages, however large. */
    private static Page page(int messages) {
        return new Page(messages, Integer.MAX_VALUE);
    }

    private static List<String> payloads(History history) {
        assertThat(history).isInstanceOf(Kept.class);
        return ((Kept) history).messages().stream().map(StoredMessage::payload).toList();
    }

    @Test
    default void what_came_after_a_position_is_read_in_order_and_as_much_as_was_asked_for() {
        var store = attach();
        var begun = store.begin(ALBUM);
        var first = store.publish(ALBUM, "1", ALL);
        var second = store.publish(ALBUM, "2", ALL);
        var third = store.publish(ALBUM, "3", ALL);

        assertThat(store.read(ALBUM, begun, page(10)))
                .isEqualTo(new Kept(List.of(
                        new StoredMessage(first, begun.offset(), "1"),
                        new StoredMessage(second, first.offset(), "2"),
                        new StoredMessage(third, second.offset(), "3"))));
        assertThat(payloads(store.read(ALBUM, begun, page(2)))).containsExactly("1", "2");
        assertThat(payloads(store.read(ALBUM, second, page(2)))).containsExactly("3");
        assertThat(payloads(store.read(ALBUM, third, page(2)))).isEmpty();
        assertThat(store.heads(List.of(Topic.of("other"), ALBUM)).get(1)).isEqualTo(third);
        assertThat(store.heads(List.of())).isEmpty();
    }

    @Test
    default void a_page_ends_with_the_message_that_makes_it_full_and_has_one_at_least() {
        var store = attach();
        var begun = store.begin(ALBUM);
        for (var payload : List.of("\u00e4".repeat(300), "b".repeat(400), "c", "d")) {
            store.publish(ALBUM, payload, ALL);
        }

        assertThat(payloads(store.read(ALBUM, begun, new Page(10, 1)))).hasSize(1);
        assertThat(payloads(store.read(ALBUM, begun, new Page(10, 600)))).hasSize(1);
        assertThat(payloads(store.read(ALBUM, begun, new Page(10, 601)))).hasSize(2);
        assertThat(payloads(store.read(ALBUM, begun, new Page(10, 1_001)))).hasSize(3);
        assertThat(payloads(store.read(ALBUM, begun, new Page(10, 100_000)))).hasSize(4);
    }

    @Test
    default void no_more_messages_are_kept_than_that() {
        var store = attach();
        var begun = store.begin(ALBUM);
        var first = store.publish(ALBUM, "1", ALL.withMessages(3));
        for (var payload : List.of("2", "3", "4")) {
            store.publish(ALBUM, payload, ALL.withMessages(3));
        }
        assertThat(payloads(store.read(ALBUM, first, page(10)))).containsExactly("2", "3", "4");
        var last = store.publish(ALBUM, "5", ALL.withMessages(3));

        assertThat(store.read(ALBUM, first, page(10))).isEqualTo(new Gone(last));
        assertThat(store.read(ALBUM, begun, page(10))).isEqualTo(new Gone(last));
    }

    @Test
    default void no_more_bytes_are_kept_than_that_but_always_the_last_message() {
        var store = attach();
        var kibibyte = ALL.withBytes(1024);
        var begun = store.begin(ALBUM);
        var first = store.publish(ALBUM, "\u00e4".repeat(256), kibibyte);
        var second = store.publish(ALBUM, "\u00e4".repeat(256), kibibyte);
        assertThat(payloads(store.read(ALBUM, begun, page(10)))).hasSize(2);
        var third = store.publish(ALBUM, "x", kibibyte);
        assertThat(store.read(ALBUM, begun, page(10))).isEqualTo(new Gone(third));
        assertThat(payloads(store.read(ALBUM, first, page(10)))).hasSize(2);
        var last = store.publish(ALBUM, "y".repeat(2000), kibibyte);

        assertThat(store.read(ALBUM, second, page(10))).isEqualTo(new Gone(last));
        assertThat(payloads(store.read(ALBUM, third, page(10)))).containsExactly("y".repeat(2000));
    }

    @Test
    default void nothing_is_kept_for_longer_than_twice_that() {
        var store = attach();
        var brief = ALL.withAge(Duration.ofSeconds(1));
        var first = store.publish(ALBUM, "1", brief);
        store.publish(ALBUM, "2", brief);
        assertThat(payloads(store.read(ALBUM, first, page(10)))).containsExactly("2");

        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1_100)).until(() -> {
            store.publish(ALBUM, "new", brief);
            return store.read(ALBUM, first, page(10)) instanceof Gone;
        });
        // And what was published all the same follows on what was dropped before.
        var head = store.heads(List.of(ALBUM)).get(0);
        store.publish(ALBUM, "3", brief);
        assertThat(payloads(store.read(ALBUM, head, page(10)))).containsExactly("3");
    }

    @Test
    default void of_other_topics_nothing_is_dropped() {
        var store = attach();
        var other = Topic.of("album-8");
        var begun = store.begin(other);
        store.publish(other, "kept", ALL);
        for (int i = 0; i < 5; i++) {
            store.publish(ALBUM, "" + i, ALL.withMessages(1));
        }

        assertThat(payloads(store.read(other, begun, page(10)))).containsExactly("kept");
    }
}
