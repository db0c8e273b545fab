package dev.coatcheck.servlet.channels;

import java.time.Duration;

/**
 * How channels are served.
 *
 * @param heartbeat how long a connection is silent before something is sent, so that both ends, and whatever is in between,
 *     know that it lives; 15 seconds by default
 * @param writeLimit how long a client may take nothing of what is sent before it is cut off; 10 seconds by default
 */
public record ChannelFaceSettings(Duration heartbeat, Duration writeLimit) {
    private static final ChannelFaceSettings DEFAULTS =
            new ChannelFaceSettings(Duration.ofSeconds(15), Duration.ofSeconds(10));

    public ChannelFaceSettings {
        if (!heartbeat.isPositive() || !writeLimit.isPositive()) {
            throw new IllegalArgumentException("the heartbeat and the limit of a write are positive, not %s and %s"
                    .formatted(heartbeat, writeLimit));
        }
    }

    public static ChannelFaceSettings defaults() {
        return DEFAULTS;
    }

    public ChannelFaceSettings withHeartbeat(Duration heartbeat) {
        return new ChannelFaceSettings(heartbeat, writeLimit);
    }

    public ChannelFaceSettings withWriteLimit(Duration writeLimit) {
        return new ChannelFaceSettings(heartbeat, writeLimit);
    }
}
