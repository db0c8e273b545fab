package dev.coatcheck.servlet.channels;

import dev.coatcheck.state.channels.Channels;
import java.time.Duration;

/**
 * How channels are served.
 *
 * @param heartbeat how long a connection is silent before something is sent, so that both ends, and whatever is in between,
 *     know that it lives; 15 seconds by default
 * @param writeLimit how long a client may take nothing of what is sent before it is cut off; 10 seconds by default
 * @param recheck how often a connection asks whether its client still is who they were
 *     ({@link ChannelAccess#validity}), to the precision of the heartbeat; 5 minutes by default
 * @param maxConnections how many connections a process serves by way of its {@link Channels}, on whichever face, those that
 *     wait for the store among them: whoever wants one more is refused with 503. 10,000 by default; well below what
 *     the container takes, or else nothing else is answered either
 */
public record ChannelFaceSettings(Duration heartbeat, Duration writeLimit, Duration recheck, int maxConnections) {
    private static final ChannelFaceSettings DEFAULTS =
            new ChannelFaceSettings(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofMinutes(5), 10_000);

    public ChannelFaceSettings {
        if (!heartbeat.isPositive() || !writeLimit.isPositive() || !recheck.isPositive()) {
            throw new IllegalArgumentException(
                    "the heartbeat, the limit of a write and the time to a recheck are positive, not %s, %s and %s"
                            .formatted(heartbeat, writeLimit, recheck));
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException("a process serves a connection at least, not " + maxConnections);
        }
    }

    public static ChannelFaceSettings defaults() {
        return DEFAULTS;
    }

    public ChannelFaceSettings withHeartbeat(Duration heartbeat) {
        return new ChannelFaceSettings(heartbeat, writeLimit, recheck, maxConnections);
    }

    public ChannelFaceSettings withWriteLimit(Duration writeLimit) {
        return new ChannelFaceSettings(heartbeat, writeLimit, recheck, maxConnections);
    }

    public ChannelFaceSettings withRecheck(Duration recheck) {
        return new ChannelFaceSettings(heartbeat, writeLimit, recheck, maxConnections);
    }

    public ChannelFaceSettings withMaxConnections(int maxConnections) {
        return new ChannelFaceSettings(heartbeat, writeLimit, recheck, maxConnections);
    }
}
