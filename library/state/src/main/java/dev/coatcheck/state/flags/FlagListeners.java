package dev.coatcheck.state.flags;

import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/** Who listens in this process: for adapters whose store tells of changes. Thread-safe. */
public final class FlagListeners {
    private final Set<Listener> listeners = new CopyOnWriteArraySet<>();

    /** Nobody listens yet. */
    public FlagListeners() {}

    /** Each time it is another, though it may do the same. */
    private final class Listener implements FlagStore.Listening {
        private final Runnable changed;

        Listener(Runnable changed) {
            this.changed = changed;
        }

        @Override
        public void close() {
            listeners.remove(this);
        }
    }

    /** Begins to tell somebody. */
    public FlagStore.Listening add(Runnable changed) {
        var listener = new Listener(changed);
        listeners.add(listener);
        return listener;
    }

    /** Something changed, or may have. */
    public void tell() {
        listeners.forEach(listener -> listener.changed.run());
    }

    /** Whether nobody listens. */
    public boolean isEmpty() {
        return listeners.isEmpty();
    }
}
