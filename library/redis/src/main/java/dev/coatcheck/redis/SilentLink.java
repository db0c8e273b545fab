package dev.coatcheck.redis;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Notices links that went silent without ending (a fail-over or a firewall that drops packets) and closes them, upon which
 * the driver connects anew. TCP itself would go on sending to nobody for a quarter of an hour, and its keep-alive does
 * not help while something is unacknowledged.
 *
 * <p>A link is silent where nothing came since something was sent, for most of a time-out. Which link a command went over
 * is not known here: in a cluster there are several.
 */
final class SilentLink implements NettyCustomizer {
    private final Set<Watch> links = ConcurrentHashMap.newKeySet();

    @Override
    public void afterChannelInitialized(Channel channel) {
        var watch = new Watch(channel);
        links.add(watch);
        var unused = channel.closeFuture().addListener(closed -> links.remove(watch));
        channel.pipeline().addFirst(watch);
    }

    /** Called when a command got no answer for as good as a whole time-out. */
    void closeSilent(Duration timeout) {
        links.forEach(link -> link.closeIfSilentFor(timeout.toNanos() / 2));
    }

    /** Called when a link turned out to lead to the wrong server. */
    void closeAll() {
        links.forEach(Watch::close);
    }

    private static final class Watch extends ChannelDuplexHandler {
        private static final long ANSWERED = 0;

        private final Channel channel;
        private volatile long askedAt = ANSWERED;

        Watch(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (askedAt == ANSWERED) {
                askedAt = System.nanoTime() | 1; // never ANSWERED
            }
            var unused = context.write(message, promise);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            askedAt = ANSWERED;
            context.fireChannelRead(message);
        }

        void closeIfSilentFor(long nanos) {
            long asked = askedAt;
            if (asked != ANSWERED && System.nanoTime() - asked > nanos) {
                close();
            }
        }

        void close() {
            var unused = channel.close();
        }
    }
}
