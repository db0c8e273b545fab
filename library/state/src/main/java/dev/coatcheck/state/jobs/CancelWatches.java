package dev.coatcheck.state.jobs;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** For adapters: who wants to hear of cancelled jobs, as {@link Jobs#onCancel} has it. Thread-safe. */
public final class CancelWatches {
    private final Map<Object, Runnable> watches = new ConcurrentHashMap<>();

    /** Nobody yet. */
    public CancelWatches() {}

    /** Adds one, until it is closed. */
    public Jobs.CancelWatch add(Runnable told) {
        var key = new Object();
        watches.put(key, told);
        return () -> watches.remove(key);
    }

    /** Calls back: a running job was cancelled, or may have been. */
    public void tell() {
        watches.values().forEach(Runnable::run);
    }
}
