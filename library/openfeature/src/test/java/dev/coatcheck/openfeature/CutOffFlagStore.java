package dev.coatcheck.openfeature;

import dev.coatcheck.contracts.flags.InMemoryFlagStore;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.flags.FlagStore;
import java.io.IOException;
import java.util.Optional;

/** A store that can be cut off. */
final class CutOffFlagStore implements FlagStore {
    private final FlagStore store = new InMemoryFlagStore();
    volatile boolean cutOff;

    @Override
    public Optional<Stored> read(long knownVersion) {
        if (cutOff) {
            throw new BackingServiceException("the store under test", "read flags", new IOException("cut off"));
        }
        return store.read(knownVersion);
    }

    @Override
    public void put(String name, String text) {
        store.put(name, text);
    }

    @Override
    public void remove(String name) {
        store.remove(name);
    }

    @Override
    public Listening listen(Runnable changed) {
        return store.listen(changed);
    }
}
