package dev.coatcheck.state.channels;

import java.time.Duration;

/**
 * How much of a topic is kept for who comes back. What exceeds any of the three goes, the oldest first, when the next
 * message is published; the newest message stays until it is too old. A topic in which nothing was published for longer
 * than the age keeps nothing.
 *
 * @param messages 1 to 10,000; 1,000 by default
 * @param age from a second to 30 days; an hour by default. What is older may be read until the
 *     store clears it away, on PostgreSQL an hour later at the most
 * @param bytes of the payloads in UTF-8; 1 KiB to 64 MiB, and 1 MiB by default
 */
public record Retention(int messages, Duration age, int bytes) {
    private static final int MOST_MESSAGES = 10_000;
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(30);
    private static final int FEWEST_BYTES = 1 << 10;
    private static final int MOST_BYTES = 64 << 20;
    private static final Retention DEFAULTS = new Retention(1_000, Duration.ofHours(1), 1 << 20);

    public Retention {
        if (messages < 1 || messages > MOST_MESSAGES) {
            throw new IllegalArgumentException(
                    "a topic keeps 1 to %d messages, not %d".formatted(MOST_MESSAGES, messages));
        }
        if (age.compareTo(SHORTEST) < 0 || age.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "a topic keeps messages for %s to %s, not %s".formatted(SHORTEST, LONGEST, age));
        }
        if (bytes < FEWEST_BYTES || bytes > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "a topic keeps %d to %d bytes, not %d".formatted(FEWEST_BYTES, MOST_BYTES, bytes));
        }
    }

    public static Retention defaults() {
        return DEFAULTS;
    }

    public Retention withMessages(int messages) {
        return new Retention(messages, age, bytes);
    }

    public Retention withAge(Duration age) {
        return new Retention(messages, age, bytes);
    }

    public Retention withBytes(int bytes) {
        return new Retention(messages, age, bytes);
    }
}
