package dev.coatcheck.contracts.flags;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.flags.FlagStore;
import java.io.IOException;
import java.util.Optional;

/** A store that can be cut off, that can fall silent about changes, and that can be exchanged for an empty one. */
final class TroubledFlagStore implements FlagStore {
    volatile FlagStore store = new InMemoryFlagStore();
    volatile boolean cutOff;
    volatile boolean silent;

    @Override
    public Optional<Stored> read(long knownVersion) {
        failIfCutOff("read flags");
        return store.read(knownVersion);
    }

    @Override
    public void put(String name, String text) {
        failIfCutOff("put a flag");
        store.put(name, text);
    }

    @Override
    public void remove(String name) {
        failIfCutOff("remove a flag");
        store.remove(name);
    }

    @Override
    public Listening listen(Runnable changed) {
        return store.listen(() -> {
            if (!silent) {
                changed.run();
            }
        });
    }

    private void failIfCutOff(String attempt) {
        if (cutOff) {
            throw new BackingServiceException("the store under test", attempt, new IOException("cut off"));
        }
    }
}
