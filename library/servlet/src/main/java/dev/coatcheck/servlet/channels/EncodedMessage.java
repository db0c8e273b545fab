package dev.coatcheck.servlet.channels;

import dev.coatcheck.state.channels.Delivery.Message;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A message as it is sent, made when it is first asked for and once. Thread-safe. */
final class EncodedMessage {
    private final Message message;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable String json;
    private byte @Nullable [] event;

    EncodedMessage(Message message) {
        this.message = message;
    }

    @SuppressWarnings("ReferenceEquality") // the same object, and not one that would have to be compared as a whole
    boolean isOf(Message other) {
        return message == other;
    }

    String json() {
        lock.lock();
        try {
            if (json == null) {
                json = ChannelJson.of(message);
            }
            return json;
        } finally {
            lock.unlock();
        }
    }

    /** The lines of an event that hold it, and the empty one behind it; nobody changes them. JSON has no line breaks of its own. */
    byte[] event() {
        lock.lock();
        try {
            if (event == null) {
                event = ("data: " + ChannelJson.of(message) + "\n\n").getBytes(StandardCharsets.UTF_8);
            }
            return event;
        } finally {
            lock.unlock();
        }
    }
}
