package dev.coatcheck.servlet.channels;

import static java.lang.System.Logger.Level.DEBUG;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.channels.CloseReason.Revoked;
import dev.coatcheck.state.channels.Delivery;
import dev.coatcheck.state.channels.Delivery.Closed;
import dev.coatcheck.state.channels.Subscription;

/**
 * What comes on a connection, whose client is asked for again now and then: a session can expire, and word of its end can get
 * lost. For one thread, when the client was found valid.
 */
final class Recheck {
    private static final System.Logger LOG = System.getLogger(Recheck.class.getName());

    private final Subscription subscription;
    private final ChannelFace.Client client;
    private final ChannelFaceSettings settings;
    private long checkedAt = System.nanoTime();

    Recheck(Subscription subscription, ChannelFace.Client client, ChannelFaceSettings settings) {
        this.subscription = subscription;
        this.client = client;
        this.settings = settings;
    }

    /** What comes next before the heartbeat, or that the client may listen no more. */
    Delivery next() throws InterruptedException {
        if (System.nanoTime() - checkedAt >= settings.recheck().toNanos()) {
            checkedAt = System.nanoTime();
            if (hasEnded()) {
                return new Closed(new Revoked());
            }
        }
        return subscription.next(settings.heartbeat());
    }

    /** A store that cannot be asked ends nothing: it is asked again. */
    private boolean hasEnded() {
        try {
            return !client.isStillValid();
        } catch (BackingServiceException e) {
            LOG.log(DEBUG, "a connection goes on until its session can be read: {0}", e.getMessage());
            return false;
        }
    }
}
