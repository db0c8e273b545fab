package dev.coatcheck.state.channels;

import java.util.regex.Pattern;

/**
 * A place in a topic's history: right after a message, or where the history began. A client keeps the last one that it
 * was given, and comes back with it, on any process.
 *
 * @param epoch which history of the topic: another one begins where the store has forgotten the topic. Letters and digits
 * @param offset grows with each message, by one or by more
 */
public record Position(String epoch, long offset) {
    private static final Pattern EPOCH = Pattern.compile("[0-9A-Za-z]{1,32}");
    private static final Pattern TEXT = Pattern.compile("([0-9A-Za-z]{1,32}):([0-9]{1,18})");

    public Position {
        if (!EPOCH.matcher(epoch).matches() || offset < 0) {
            throw new IllegalArgumentException("no position in a history: \"" + epoch + "\", " + offset);
        }
    }

    /** Whether another position is of the same history and here, or earlier. */
    public boolean covers(Position other) {
        return epoch.equals(other.epoch) && offset >= other.offset;
    }

    /** As clients keep it: {@code epoch:offset}. */
    public String text() {
        return epoch + ":" + offset;
    }

    /**
     * Reads what {@link #text()} wrote.
     *
     * @throws IllegalArgumentException where it is no such text
     */
    public static Position parse(String text) {
        var parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "a position is EPOCH:OFFSET, of letters and digits, and of digits: not what was given");
        }
        return new Position(parts.group(1), Long.parseLong(parts.group(2)));
    }

    @Override
    public String toString() {
        return text();
    }
}
