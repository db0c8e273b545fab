package dev.coatcheck.redis;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Notices a link that went silent without ending (a fail-over or a firewall that drops packets) and closes it, upon which
 * the driver connects anew. TCP itself would go on sending to nobody for a quarter of an hour, and its keep-alive does
 * not help while something is unacknowledged.
 *
 * <p>A link is silent where one command got no answer for a whole time-out and no other command did either.
 */
final class SilentLink implements NettyCustomizer {
    private volatile @Nullable Channel channel;
    private volatile long lastAnswer = System.nanoTime();

    /** The moment and the link at which commands were sent. */
    record Sent(long nanos, @Nullable Channel channel) {
        long nanosAgo() {
            return System.nanoTime() - nanos;
        }
    }

    @Override
    public void afterChannelInitialized(Channel channel) {
        this.channel = channel;
    }

    Sent sent() {
        return new Sent(System.nanoTime(), channel);
    }

    void answered() {
        lastAnswer = System.nanoTime();
    }

    void closeIfSilentSince(Sent sent) {
        if (lastAnswer - sent.nanos < 0 && sent.channel != null) {
            var unused = sent.channel.close();
        }
    }
}
