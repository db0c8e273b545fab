package dev.coatcheck.contracts.flags;

import dev.coatcheck.state.flags.FlagListeners;
import dev.coatcheck.state.flags.FlagStore;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Flags in the memory of this process: the reference for the contract, and for tests of an application that need no store.
 * No other process sees them. Thread-safe.
 */
public final class InMemoryFlagStore implements FlagStore {
    private final Map<String, String> texts = new TreeMap<>();
    private final FlagListeners listeners = new FlagListeners();
    private long version;

    /** Nothing is stored yet. */
    public InMemoryFlagStore() {}

    @Override
    public synchronized Optional<Stored> read(long knownVersion) {
        return knownVersion == version ? Optional.empty() : Optional.of(new Stored(version, texts));
    }

    @Override
    public void put(String name, String text) {
        change(() -> texts.put(name, text));
    }

    @Override
    public void remove(String name) {
        change(() -> texts.remove(name));
    }

    private void change(Runnable change) {
        synchronized (this) {
            change.run();
            version++;
        }
        listeners.tell();
    }

    @Override
    public Listening listen(Runnable changed) {
        return listeners.add(changed);
    }
}
