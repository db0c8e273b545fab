package dev.coatcheck.servlet.channels;

import dev.coatcheck.state.channels.CloseReason;
import dev.coatcheck.state.channels.CloseReason.Draining;
import dev.coatcheck.state.channels.CloseReason.Ended;
import dev.coatcheck.state.channels.CloseReason.Revoked;
import dev.coatcheck.state.channels.CloseReason.TooMany;
import dev.coatcheck.state.channels.CloseReason.TooSlow;
import dev.coatcheck.state.channels.CloseReason.Unsure;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Topic;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What clients are sent, on both faces alike: one object a message. Thread-safe. */
final class ChannelJson {
    static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private ChannelJson() {}

    static String of(Begun begun) {
        return placed("begun", begun.topic(), begun.position()).toString();
    }

    static String of(Message message) {
        return placed("message", message.topic(), message.position())
                .put("data", message.payload())
                .toString();
    }

    static String of(Missed missed) {
        return placed("missed", missed.topic(), missed.position()).toString();
    }

    static String beat() {
        return typed("beat").toString();
    }

    /** The answer to a client that asked for a topic that it may not listen to. */
    static String refused(String name) {
        return typed("refused").put("topic", name).toString();
    }

    static String of(CloseReason reason) {
        var closed = typed("closed").put("reason", word(reason));
        retryAfter(reason).ifPresent(retry -> closed.put("retry", retry.toMillis()));
        return closed.toString();
    }

    static Optional<Duration> retryAfter(CloseReason reason) {
        return reason instanceof Draining draining ? Optional.of(draining.retryAfter()) : Optional.empty();
    }

    static String word(CloseReason reason) {
        return switch (reason) {
            case Ended() -> "ended";
            case Revoked() -> "revoked";
            case TooSlow() -> "too-slow";
            case Draining(var retryAfter) -> "draining";
            case Unsure() -> "unsure";
            case TooMany() -> "too-many";
        };
    }

    private static ObjectNode placed(String type, Topic topic, Position position) {
        return typed(type).put("topic", Named.of(topic)).put("position", position.text());
    }

    private static ObjectNode typed(String type) {
        return MAPPER.createObjectNode().put("type", type);
    }
}
