package dev.coatcheck.state.flags;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The port for flags: decided in this process from what is stored outside, so that asking costs no round trip, and every
 * process gives the same user the same answer.
 *
 * <p>Guarantees:
 *
 * <ul>
 *   <li>A change reaches every process soon (well within a second, where nothing is overloaded) because the store tells of
 *       it, and after {@link FlagSettings#poll()} at the latest where that word was lost, as long as the store answers.
 *   <li>While the store cannot be reached, the last known flags stay: {@link #age()} says for how long they were not
 *       confirmed. So they do where the store comes back empty, until somebody stores a flag there. A process that has
 *       never reached the store has no flags, and every question gets the default that the code asks with; it begins to
 *       have them by itself.
 *   <li>A {@link FlagSnapshot} never changes: one for a request.
 *   <li>A flag that a newer release wrote and this one cannot read stays what it was, or is none.
 * </ul>
 *
 * <p>Cost: nothing to ask; a round trip for each change, and one for each poll, which reads nothing where nothing changed.
 * Two threads of its own at the most: {@code flags}, and the one with which the store tells. Thread-safe. Close it before
 * the attached resource.
 *
 * <pre>{@code
 * var flags = redis.flags(FlagSettings.defaults());
 * flags.put(Flag.of("sepia", FlagValue.of(false)).with(Rule.where("plan", "pro").serve(FlagValue.of(true))));
 *
 * var now = flags.snapshot(); // once for a request
 * if (now.isOn("sepia", Audience.of(userId).with("plan", plan), false)) { … }
 * }</pre>
 */
public final class Flags implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Flags.class.getName());
    private static final Duration END_LIMIT = Duration.ofSeconds(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final FlagStore store;
    private final FlagSettings settings;
    private final FlagStore.Listening listening;
    private final CountDownLatch read = new CountDownLatch(1);
    private final List<Observer> observers = new CopyOnWriteArrayList<>();
    private final Thread thread = Thread.ofVirtual().name("flags").unstarted(this::keepUpToDate);
    private volatile FlagSnapshot snapshot = new FlagSnapshot(-1, Map.of());
    private volatile long confirmedNanos = System.nanoTime();
    private volatile boolean told;
    private boolean lost;
    private volatile boolean closed;

    /** Who wants to know what becomes of the flags; told on a thread that reads them, so quickly. */
    public interface Observer {
        /** These flags are others now, new or gone. */
        void changed(Set<String> names);

        /** The store answered. */
        void confirmed();

        /** The store did not answer. */
        void unreachable();
    }

    /**
     * Begins to read, and waits for nothing.
     *
     * @param store an adapter, such as the in-memory one in tests; attached resources give out flags ready to use
     */
    public Flags(FlagStore store, FlagSettings settings) {
        this.store = store;
        this.settings = settings;
        this.listening = store.listen(this::changed);
        thread.start();
    }

    /** All flags as this process knows them. No round trip. */
    public FlagSnapshot snapshot() {
        return snapshot;
    }

    /**
     * Waits until the store was read for the first time, for a start that should not begin with defaults.
     *
     * @return whether it was
     * @throws InterruptedException where the waiting thread is interrupted
     */
    public boolean awaitFirst(Duration patience) throws InterruptedException {
        return read.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** How long ago the store was last asked and answered; since the beginning, where it never has. */
    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - confirmedNanos);
    }

    /**
     * Adds or replaces a flag, for all processes. One round trip.
     *
     * @throws BackingServiceException where the store cannot be reached
     */
    public void put(Flag flag) {
        store.put(flag.name(), FlagFormat.write(flag));
        changed();
    }

    /**
     * Removes a flag, for all processes: who asks for it gets the default that it asks with. One round trip.
     *
     * @throws BackingServiceException where the store cannot be reached
     */
    public void remove(String name) {
        store.remove(name);
        changed();
    }

    /** Tells somebody what becomes of the flags, from now on. */
    public void observe(Observer observer) {
        observers.add(observer);
    }

    /** Ends the threads, within a second; the last known flags stay. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        listening.close();
        try {
            thread.join(END_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void changed() {
        told = true;
        LockSupport.unpark(thread);
    }

    private void keepUpToDate() {
        boolean reached = true;
        while (!closed) {
            told = false;
            reached = refresh(reached);
            if (!told) {
                LockSupport.parkNanos(
                        reached
                                ? settings.poll().toNanos()
                                : (long) (AFTER_FAILURE.toNanos()
                                        * ThreadLocalRandom.current().nextDouble(0.5, 1)));
            }
        }
    }

    /** @return whether the store answered */
    private boolean refresh(boolean reachedBefore) {
        try {
            long asked = System.nanoTime();
            var stored = store.read(snapshot.version());
            confirmedNanos = asked;
            stored.ifPresent(this::take);
            read.countDown();
            observers.forEach(Observer::confirmed);
            return true;
        } catch (BackingServiceException e) {
            if (closed) {
                return false;
            }
            if (reachedBefore) {
                LOG.log(WARNING, "flags stay as they were {0} ago: {1}", age(), e.getMessage());
            }
            observers.forEach(Observer::unreachable);
            return false;
        } catch (RuntimeException e) {
            LOG.log(ERROR, "reading flags failed; going on", e);
            return false;
        }
    }

    private void take(FlagStore.Stored stored) {
        var before = snapshot;
        if (stored.version() == 0 && before.version() > 0) {
            if (!lost) {
                LOG.log(WARNING, "the store has lost all flags; those that are known here stay");
            }
            lost = true;
            return;
        }
        lost = false;
        var after = new HashMap<String, Flag>();
        stored.texts().forEach((name, text) -> {
            try {
                after.put(name, FlagFormat.read(name, text));
            } catch (IllegalArgumentException e) {
                LOG.log(WARNING, "the flag \"{0}\" stays what it was: {1}", name, e.getMessage());
                var known = before.flags().get(name);
                if (known != null) {
                    after.put(name, known);
                }
            }
        });
        snapshot = new FlagSnapshot(stored.version(), after);
        var changed = new HashSet<>(before.flags().keySet());
        changed.addAll(after.keySet());
        changed.removeIf(name -> Objects.equals(before.flags().get(name), after.get(name)));
        if (!changed.isEmpty()) {
            LOG.log(INFO, "{0} flags changed, version {1}", changed.size(), String.valueOf(stored.version()));
            observers.forEach(observer -> observer.changed(Set.copyOf(changed)));
        }
    }
}
