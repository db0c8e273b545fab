package dev.coatcheck.state.channels;

import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who is given what comes on a topic. They may be ahead of the feed, at a place that the store knew when they came;
 * where it turns out to know that no more, such as after a fail-over, they are told so. Guarded by the feed's lock.
 */
final class Follower {
    private final Sink sink;

    /** Where they are while the feed is behind them; nothing up to there is given to them. */
    private @Nullable Position ahead;

    /** Whether the store was asked what there is since they came. */
    private boolean askedSince;

    private Follower(Sink sink, @Nullable Position ahead) {
        this.sink = sink;
        this.ahead = ahead;
    }

    /** Somebody who is where the feed is. */
    static Follower here(Sink sink) {
        return new Follower(sink, null);
    }

    static Follower ahead(Sink sink, Position at) {
        return new Follower(sink, at);
    }

    boolean isOf(Sink other) {
        return sink.equals(other);
    }

    /** @param before where the feed was before the message */
    void message(Message message, Position before, int bytes) {
        var at = ahead;
        if (at == null) {
            sink.message(message, bytes);
        } else if (message.position().equals(at)) {
            ahead = null;
        } else if (message.position().covers(at)) {
            missed(new Missed(message.topic(), before)); // something else stands where they were
            sink.message(message, bytes);
        }
    }

    /** What stood here is gone, and the topic ends at another place: whoever is there already has missed nothing. */
    void gone(Missed missed) {
        if (missed.position().equals(ahead)) {
            ahead = null;
        } else {
            missed(missed);
        }
    }

    private void missed(Missed missed) {
        ahead = null;
        sink.missed(missed);
    }

    /** The store is asked for what there is. */
    void readBegins() {
        askedSince = true;
    }

    /** The feed is where the history ended when the store was asked. */
    void atEnd(Topic topic, Position end) {
        if (askedSince && ahead != null) {
            missed(new Missed(topic, end));
        }
    }
}
