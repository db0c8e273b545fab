package dev.coatcheck.servlet.channels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class EncodedMessagesTest {

    private static Message message(String payload) {
        return new Message(Topic.of("album-7"), new Position("a", 1), payload);
    }

    @Test
    void a_message_is_encoded_once_for_all_who_are_sent_it() {
        var encoded = new EncodedMessages();
        var message = message("\u00e4");

        assertThat(encoded.of(message).json()).isSameAs(encoded.of(message).json());
        assertThat(encoded.of(message).event()).isSameAs(encoded.of(message).event());
        assertThat(new String(encoded.of(message).event(), StandardCharsets.UTF_8))
                .isEqualTo("data: " + encoded.of(message).json() + "\n\n");
    }

    @Test
    void messages_that_share_a_place_are_not_taken_for_each_other() {
        var encoded = new EncodedMessages();
        var messages = new ArrayList<Message>();
        for (int i = 0; i < 100; i++) {
            messages.add(message("payload " + i));
        }
        for (var message : messages) {
            assertThat(encoded.of(message).json()).contains(message.payload());
        }
    }
}
