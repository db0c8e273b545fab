package dev.coatcheck.state.channels;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.channels.ChannelStore.Presence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Says who is present by way of this process, and renews its lease, on one thread: what changes meanwhile is said together,
 * and what could not be said is said again. Whoever subscribes does not wait for it.
 *
 * <p>A process that was taken for dead comes back under another name, so that those who clear away what the dead one left
 * never meet what the living one says.
 */
final class Presences implements AutoCloseable {
    /** So often all is said again, as stores forget what nobody has said for two days. */
    private static final Duration SAY_AGAIN = Duration.ofHours(12);

    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);
    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    /** How many are said at once. */
    private static final int BATCH = 500;

    private static final System.Logger LOG = System.getLogger(Channels.class.getName());

    private final ChannelStore store;
    private final Duration lease;
    private final Thread thread =
            Thread.ofVirtual().name("coatcheck-channels-presence").unstarted(this::run);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Presence, Integer> here = new HashMap<>();
    private final Set<Presence> dirty = new LinkedHashSet<>();
    private boolean started;
    private boolean closed;

    // The thread's own.
    private final Set<Presence> said = new HashSet<>();
    private String process = "";
    private long renewedAt;
    private long saidAllAt;

    Presences(ChannelStore store, Duration lease) {
        this.store = store;
        this.lease = lease;
    }

    void arrived(Presence presence) {
        change(presence, 1);
    }

    void left(Presence presence) {
        change(presence, -1);
    }

    private void change(Presence presence, int by) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            here.merge(presence, by, (before, more) -> before + more == 0 ? null : before + more);
            dirty.add(presence);
            changed.signal();
            if (!started) {
                started = true;
                thread.start();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        var wait = Duration.ZERO;
        while (awaitWork(wait)) {
            try {
                keepLease();
                sayWhatChanged();
                wait = lease.dividedBy(3);
            } catch (BackingServiceException e) {
                LOG.log(WARNING, "who is present is not known to others for now: {0}", e.getMessage());
                wait = AFTER_FAILURE;
            } catch (RuntimeException e) {
                LOG.log(ERROR, "saying who is present failed; going on", e);
                wait = AFTER_FAILURE;
            }
        }
        exit();
    }

    /** @return whether to go on */
    private boolean awaitWork(Duration limit) {
        lock.lock();
        try {
            long left = limit.toNanos();
            // After a failure there is something to be said, and the pause is kept all the same.
            boolean paused = limit.equals(AFTER_FAILURE);
            while (!closed && left > 0 && (paused || dirty.isEmpty())) {
                left = changed.awaitNanos(left);
            }
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void keepLease() {
        long now = System.nanoTime();
        if (now - saidAllAt > SAY_AGAIN.toNanos()) {
            sayAllAgain(now);
        }
        if (!process.isEmpty() && now - renewedAt < lease.toNanos() / 3) {
            return;
        }
        if (process.isEmpty() || !store.renew(process, lease)) {
            var name = UUID.randomUUID().toString();
            store.enter(name, lease);
            process = name;
            sayAllAgain(now);
        }
        renewedAt = now;
    }

    private void sayAllAgain(long now) {
        said.clear();
        saidAllAt = now;
        lock.lock();
        try {
            dirty.addAll(here.keySet());
        } finally {
            lock.unlock();
        }
    }

    private void sayWhatChanged() {
        while (true) {
            var arrived = new ArrayList<Presence>();
            var left = new ArrayList<Presence>();
            var taken = take(arrived, left);
            if (taken.isEmpty()) {
                return;
            }
            try {
                if (!arrived.isEmpty() || !left.isEmpty()) {
                    store.announce(process, arrived, left);
                }
            } catch (RuntimeException e) {
                // Whether it was said is unknown: what is true then is said as if it never had been.
                said.removeAll(arrived);
                said.addAll(left);
                lock.lock();
                try {
                    dirty.addAll(taken);
                } finally {
                    lock.unlock();
                }
                throw e;
            }
            said.addAll(arrived);
            left.forEach(said::remove);
        }
    }

    private List<Presence> take(List<Presence> arrived, List<Presence> left) {
        lock.lock();
        try {
            var taken = dirty.stream().limit(BATCH).toList();
            for (var presence : taken) {
                dirty.remove(presence);
                boolean isHere = here.containsKey(presence);
                if (isHere && !said.contains(presence)) {
                    arrived.add(presence);
                } else if (!isHere && said.contains(presence)) {
                    left.add(presence);
                }
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void exit() {
        if (process.isEmpty()) {
            return;
        }
        try {
            store.exit(process);
        } catch (BackingServiceException e) {
            LOG.log(DEBUG, "this process is said to be present until its lease ends: {0}", e.getMessage());
        }
    }

    /** Says that nobody is here any more. */
    @Override
    public void close() {
        boolean running;
        lock.lock();
        try {
            closed = true;
            running = started;
            changed.signal();
        } finally {
            lock.unlock();
        }
        try {
            if (running) {
                thread.join(END_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
