package dev.coatcheck.servlet.channels;

import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Subscription;
import dev.coatcheck.state.channels.Topic;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a client asks of a stream: topics, and for each where it was. An event's id is the positions of all topics in their
 * order, so that a browser that comes back says them all in {@code Last-Event-ID}.
 */
final class StreamRequest {
    private static final String UNKNOWN = "-";

    /** The request is wrong: the message says how, for whoever sent it. */
    static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedException(IllegalArgumentException reason) {
            super(reason.getMessage(), reason);
        }
    }

    private final Map<Topic, Optional<Position>> positions = new LinkedHashMap<>();

    /**
     * Reads a request.
     *
     * @throws RefusedException where it is none, with the reason
     */
    static StreamRequest of(HttpServletRequest request, Subscriber subscriber) {
        try {
            return read(request, subscriber);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(e);
        }
    }

    private static StreamRequest read(HttpServletRequest request, Subscriber subscriber) {
        var stream = new StreamRequest();
        var names = request.getParameterValues("topic");
        if (names == null || names.length > Subscription.MAX_TOPICS) {
            throw new IllegalArgumentException(
                    "name 1 to " + Subscription.MAX_TOPICS + " topics, each as ?topic=NAME, or " + Named.ME);
        }
        for (var name : names) {
            stream.positions.put(Named.topic(subscriber, name), Optional.empty());
        }
        var last = request.getHeader("Last-Event-ID");
        if (last != null && !last.isEmpty()) {
            stream.comeBack(last.split(",", -1));
        }
        return stream;
    }

    private void comeBack(String[] last) {
        if (last.length != positions.size()) {
            throw new IllegalArgumentException(
                    "Last-Event-ID has %d positions for %d topics: name the same topics in the"
                                    .formatted(last.length, positions.size())
                            + " same order as when it was given");
        }
        int i = 0;
        for (var position : positions.entrySet()) {
            var text = last[i++];
            position.setValue(text.equals(UNKNOWN) ? Optional.empty() : Optional.of(Position.parse(text)));
        }
    }

    /** What to listen to, and from where on. */
    Map<Topic, Optional<Position>> positions() {
        return Map.copyOf(positions);
    }

    /** The client has everything of a topic up to here; returns what it comes back with. */
    String reached(Topic topic, Position position) {
        positions.put(topic, Optional.of(position));
        return positions.values().stream()
                .map(reached -> reached.map(Position::text).orElse(UNKNOWN))
                .collect(Collectors.joining(","));
    }
}
