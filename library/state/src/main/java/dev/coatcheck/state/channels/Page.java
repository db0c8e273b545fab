package dev.coatcheck.state.channels;

import dev.coatcheck.state.StoredText;
import java.util.List;

/**
 * How much of a history is read at once: as many messages at the most, and no more once they have as many bytes of payloads;
 * so that it is one message at least, and by one larger than that at the most.
 *
 * @param messages 1 or more
 * @param bytes of UTF-8, 1 or more
 */
public record Page(int messages, int bytes) {

    /** What is read at once where nothing speaks against it. */
    static final Page LARGEST = new Page(100, 256 << 10);

    public Page {
        if (messages < 1 || bytes < 1) {
            throw new IllegalArgumentException(
                    "a page has room for something: not for %d messages of %d bytes".formatted(messages, bytes));
        }
    }

    /** The same number of messages, of so many bytes. */
    Page withBytes(int bytes) {
        return new Page(messages, bytes);
    }

    /** Whether these have filled it, so that more may follow. */
    boolean isFull(List<StoredMessage> read) {
        return read.size() >= messages || bytes(read) >= bytes;
    }

    /** How many the payloads have together. */
    static int bytes(List<StoredMessage> messages) {
        return messages.stream()
                .mapToInt(message -> StoredText.utf8Length(message.payload()))
                .sum();
    }
}
