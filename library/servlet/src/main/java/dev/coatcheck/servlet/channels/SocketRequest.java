package dev.coatcheck.servlet.channels;

import dev.coatcheck.state.channels.Position;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What a client asks for over a WebSocket. */
sealed interface SocketRequest {

    record Subscribe(String topic, Optional<Position> position) implements SocketRequest {}

    record Unsubscribe(String topic) implements SocketRequest {}

    /**
     * Reads a message.
     *
     * @throws IllegalArgumentException where it is none, with a reason that fits into a close frame
     */
    static SocketRequest parse(String text) {
        try {
            var message = ChannelJson.MAPPER.readTree(text);
            var topic = field(message, "topic").orElseThrow(() -> new IllegalArgumentException("which topic?"));
            return switch (field(message, "type").orElse("")) {
                case "subscribe" ->
                    new Subscribe(topic, field(message, "position").map(Position::parse));
                case "unsubscribe" -> new Unsubscribe(topic);
                default -> throw new IllegalArgumentException("a message is to subscribe or to unsubscribe");
            };
        } catch (JacksonException e) {
            throw new IllegalArgumentException("a message is a JSON object", e);
        }
    }

    private static Optional<String> field(JsonNode message, String name) {
        var value = message.get(name);
        return value != null && value.isString() ? Optional.of(value.asString()) : Optional.empty();
    }
}
