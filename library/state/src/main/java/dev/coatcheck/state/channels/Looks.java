package dev.coatcheck.state.channels;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks which topics have moved on unheard: all that are to be looked at when it comes to it in one round trip, up to
 * {@value #MOST}, and only those that have moved are read. On one thread, while there is something to look at.
 */
final class Looks implements AutoCloseable {
    private static final int MOST = 1_000;
    private static final System.Logger LOG = System.getLogger(Channels.class.getName());

    private final ChannelStore store;

    // Both guarded by this.
    private final Set<Feed> waiting = new LinkedHashSet<>();
    private boolean looking;

    private volatile boolean closed;

    Looks(ChannelStore store) {
        this.store = store;
    }

    /** Looks at topics soon; does not wait for it. What cannot be looked at is looked at by the next check. */
    synchronized void lookAt(Collection<Feed> feeds) {
        waiting.addAll(feeds);
        if (!looking && !closed && !waiting.isEmpty()) {
            Thread.ofVirtual().name("coatcheck-channels-look").start(this::lookAtAll);
            looking = true;
        }
    }

    private void lookAtAll() {
        for (var some = next(); !some.isEmpty(); some = next()) {
            try {
                look(some);
            } catch (BackingServiceException e) {
                if (!closed) {
                    LOG.log(WARNING, "messages may be late: {0}", e.getMessage());
                }
            } catch (Throwable e) {
                // Errors too, such as one of memory: nothing would ever be looked at again.
                LOG.log(ERROR, "a look at the topics failed; going on", e);
            }
        }
    }

    private synchronized List<Feed> next() {
        var some = closed ? List.<Feed>of() : waiting.stream().limit(MOST).toList();
        some.forEach(waiting::remove);
        looking = !some.isEmpty();
        return some;
    }

    private void look(List<Feed> feeds) {
        var heads = store.heads(feeds.stream().map(Feed::topic).toList());
        for (int i = 0; i < feeds.size(); i++) {
            feeds.get(i).endsAt(heads.get(i));
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
