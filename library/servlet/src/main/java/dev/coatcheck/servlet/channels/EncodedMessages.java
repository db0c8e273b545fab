package dev.coatcheck.servlet.channels;

import dev.coatcheck.state.channels.Delivery.Message;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What the latest messages are sent as. All subscriptions of a process are given the same object for a message, and it is
 * made into JSON once for all of them, however many and however large. Thread-safe.
 */
final class EncodedMessages {
    private static final int SLOTS = 16;

    private final AtomicReferenceArray<EncodedMessage> latest = new AtomicReferenceArray<>(SLOTS);

    EncodedMessage of(Message message) {
        int slot = Math.floorMod(System.identityHashCode(message), SLOTS);
        while (true) {
            var known = latest.get(slot);
            if (known != null && known.isOf(message)) {
                return known;
            }
            var fresh = new EncodedMessage(message);
            if (latest.compareAndSet(slot, known, fresh)) {
                return fresh;
            }
        }
    }
}
