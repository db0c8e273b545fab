package dev.coatcheck.contracts.channels;

import static dev.coatcheck.contracts.channels.ChannelsUnderTest.begun;
import static dev.coatcheck.contracts.channels.ChannelsUnderTest.payloads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Topic;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Names and payloads that were made to break something. */
interface HostileText extends ChannelsUnderTest {
    List<String> TEXTS = List.of(
            " ",
            "a\nb\r\nc",
            "'; drop table channel_topics; --",
            "\"\\",
            "}x",
            "{}",
            "{",
            "*",
            "%s %_",
            "1 2 3",
            "\u0001\u007f\u00a0\ufeff",
            "\ud83e\udde5 coat",
            "x".repeat(Topic.MAX_NAME_BYTES));

    @Test
    default void any_text_names_a_topic_and_a_user_and_is_a_message() throws Exception {
        var here = process(SETTINGS);
        var there = process(SETTINGS);
        for (var text : TEXTS) {
            try (var subscription = here.open(Subscriber.of(text))) {
                subscription.subscribe(Topic.of(text));
                var begun = begun(subscription);
                there.publish(Topic.of(text), text);
                assertThat(payloads(subscription, 1)).as(text).containsExactly(text);
                await().atMost(PATIENCE)
                        .until(() -> there.present(Topic.of(text)).equals(Set.of(text)));
                try (var back = there.open(Subscriber.anonymous())) {
                    back.subscribe(Topic.of(text), begun);
                    begun(back);
                    assertThat(payloads(back, 1)).as(text).containsExactly(text);
                }
                there.revokeUser(text);
                await().atMost(PATIENCE).until(() -> here.subscriptions() == 0);
            }
        }
    }

    @Test
    default void what_no_store_takes_is_refused_before_it_is_asked() {
        var channels = process(SETTINGS);
        for (var name : List.of("", "a\0b", "\ud83e", "x".repeat(Topic.MAX_NAME_BYTES + 1))) {
            assertThatThrownBy(() -> Topic.of(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Topic.ofUser(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Subscriber.of(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Subscriber.anonymous().withSession(name))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (var payload : List.of("a\0b", "\ud83e", "x".repeat(Channels.MAX_PAYLOAD_BYTES + 1))) {
            assertThatThrownBy(() -> channels.publish(ALBUM, payload)).isInstanceOf(IllegalArgumentException.class);
        }
        for (var position :
                List.of("", "1", "1:", ":1", "a:b", "a:-1", "a:1 ", "\u00e4:1", "a:1:2", "a:" + "9".repeat(19))) {
            assertThatThrownBy(() -> Position.parse(position)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Position.parse("a1:42")).isEqualTo(new Position("a1", 42));
    }
}
