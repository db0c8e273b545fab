package dev.coatcheck.state.cache;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one cache has read, in the memory of this process. What is said here about time is said in
 * {@link System#nanoTime()}. Thread-safe.
 *
 * <p>Something may be invalidated while it is under way from the store to here: who reads takes a ticket before, and what
 * is put in with a ticket from before a change is not taken.
 */
final class NearCache {
    /** About what an entry costs beside its texts. */
    private static final int OVERHEAD_BYTES = 256;

    private final NearSettings settings;
    private final LinkedHashMap<String, Near> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;
    private long changes;
    private boolean trusted;
    private long trustedUntil;

    private record Near(Optional<String> value, List<String> tags, long until, long bytes) {}

    NearCache(NearSettings settings) {
        this.settings = settings;
    }

    /** What is here and may be served; null where nothing is. */
    synchronized Answer.@Nullable Hit find(EntryKey entry, List<String> tags) {
        long now = System.nanoTime();
        if (!trusted || trustedUntil - now <= 0) {
            return null;
        }
        var key = entry.key();
        var near = entries.get(key);
        if (near == null || !near.tags.equals(tags)) {
            return null;
        }
        if (near.until - now <= 0) {
            remove(key);
            return null;
        }
        return new Answer.Hit(near.value);
    }

    /** To be taken before the store is asked. */
    synchronized long ticket() {
        return changes;
    }

    /**
     * Keeps what was read or loaded.
     *
     * @param asked when the store was asked
     * @param lasts how long after that it may be served
     */
    synchronized void put(
            long ticket, EntryKey entry, List<String> tags, Optional<String> value, long asked, Duration lasts) {
        if (ticket != changes || !lasts.isPositive()) {
            return;
        }
        var key = entry.key();
        long size = OVERHEAD_BYTES
                + 2L * key.length()
                + 2L * value.map(String::length).orElse(0);
        remove(key);
        entries.put(key, new Near(value, tags, asked + lasts.toNanos(), size));
        bytes += size;
        for (var eldest = entries.entrySet().iterator(); bytes > settings.maxBytes() && eldest.hasNext(); ) {
            bytes -= eldest.next().getValue().bytes;
            eldest.remove();
        }
    }

    synchronized void changed(String key) {
        changes++;
        remove(key);
    }

    synchronized void tagChanged(String tag) {
        changes++;
        entries.values().removeIf(near -> {
            boolean tagged = near.tags.contains(tag);
            bytes -= tagged ? near.bytes : 0;
            return tagged;
        });
    }

    /** Nothing of what is here may be right any more, until a beat comes. */
    synchronized void gap() {
        changes++;
        entries.clear();
        bytes = 0;
        trusted = false;
    }

    /** What was invalidated before this moment has been heard of. */
    synchronized void proved(long sent) {
        trusted = true;
        trustedUntil = sent + settings.staleness().toNanos();
    }

    private void remove(String key) {
        var removed = entries.remove(key);
        if (removed != null) {
            bytes -= removed.bytes;
        }
    }
}
