package dev.coatcheck.state.channels;

import java.time.Duration;

/**
 * How a process uses channels.
 *
 * @param retention what is kept of the topics that this process publishes to; the processes of an application agree on it
 * @param queueMessages how many messages wait for one subscriber at the most, who is cut off at the next; 256 by default
 * @param queueBytes how many bytes of their payloads; 1 MiB by default
 * @param lease how long a process that has died is still said to be present; 30 seconds by default. It is renewed three
 *     times as often
 * @param check how often the process asks whether it was told of everything: how late a message is whose word was lost,
 *     or of a connection that died in silence; 10 seconds by default
 * @param userSubscriptions how many subscriptions a user has in this process at the most; the oldest ends for the next, unless
 *     that {@linkplain Subscriber#withClient replaces} one. 20 by default
 */
public record ChannelSettings(
        Retention retention, int queueMessages, int queueBytes, Duration lease, Duration check, int userSubscriptions) {
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final ChannelSettings DEFAULTS =
            new ChannelSettings(Retention.defaults(), 256, 1 << 20, Duration.ofSeconds(30), Duration.ofSeconds(10), 20);

    public ChannelSettings {
        if (queueMessages < 1 || queueBytes < 1) {
            throw new IllegalArgumentException("a subscriber has room for something: not for %d messages of %d bytes"
                    .formatted(queueMessages, queueBytes));
        }
        if (userSubscriptions < 1) {
            throw new IllegalArgumentException("a user has room for a subscription, not for " + userSubscriptions);
        }
        require("the lease of a process's presence", lease);
        require("the time between two checks", check);
    }

    private static void require(String what, Duration duration) {
        if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "%s is from %s to %s, not %s".formatted(what, SHORTEST, LONGEST, duration));
        }
    }

    public static ChannelSettings defaults() {
        return DEFAULTS;
    }

    public ChannelSettings withRetention(Retention retention) {
        return new ChannelSettings(retention, queueMessages, queueBytes, lease, check, userSubscriptions);
    }

    public ChannelSettings withQueueMessages(int queueMessages) {
        return new ChannelSettings(retention, queueMessages, queueBytes, lease, check, userSubscriptions);
    }

    public ChannelSettings withQueueBytes(int queueBytes) {
        return new ChannelSettings(retention, queueMessages, queueBytes, lease, check, userSubscriptions);
    }

    public ChannelSettings withLease(Duration lease) {
        return new ChannelSettings(retention, queueMessages, queueBytes, lease, check, userSubscriptions);
    }

    public ChannelSettings withCheck(Duration check) {
        return new ChannelSettings(retention, queueMessages, queueBytes, lease, check, userSubscriptions);
    }

    public ChannelSettings withUserSubscriptions(int userSubscriptions) {
        return new ChannelSettings(retention, queueMessages, queueBytes, lease, check, userSubscriptions);
    }
}
