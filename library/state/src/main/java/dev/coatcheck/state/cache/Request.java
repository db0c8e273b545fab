package dev.coatcheck.state.cache;

import dev.coatcheck.state.StoredText;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an application asked for, checked.
 *
 * @param entries at least one, all of one cache, and the tags of each: sorted, without repetitions
 */
record Request(Map<EntryKey, List<String>> entries, Duration ttl, BulkLoader loader) {

    /** The same for those of the entries that some loads are of. */
    Request only(Collection<Load> loads) {
        var some = new LinkedHashMap<>(entries);
        some.keySet().retainAll(loads.stream().map(Load::key).collect(Collectors.toSet()));
        return new Request(some, ttl, loader);
    }

    List<String> tags(EntryKey key) {
        return entries.getOrDefault(key, List.of());
    }

    Set<EntryKey> keys() {
        return entries.keySet();
    }

    /**
     * Loads all of it.
     *
     * @throws LoadFailedException where the loader failed, or found null
     * @throws IllegalArgumentException where it found what is no text, or what it was not asked for
     */
    Map<EntryKey, Optional<String>> load() {
        var first = entries.keySet().iterator().next();
        var asked = entries.keySet().stream().map(EntryKey::key).collect(Collectors.toUnmodifiableSet());
        Map<String, String> found;
        try {
            found = requireNoNull(loader.load(asked));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadFailedException(first, e);
        } catch (Exception e) {
            throw new LoadFailedException(first, e);
        }
        if (!asked.containsAll(found.keySet())) {
            // Ignored, it would be kept that there is nothing for the keys that were meant.
            throw new IllegalArgumentException(
                    "the loader of the cache \"" + first.cache()
                            + "\" found something for a key that it was not asked for: let it use the keys as it is given them");
        }
        found.values().forEach(text -> StoredText.require("a value for the cache \"" + first.cache() + "\"", text));
        return entries.keySet().stream()
                .collect(Collectors.toMap(key -> key, key -> Optional.ofNullable(found.get(key.key()))));
    }

    /** Not every application is compiled with checks for null. */
    private static Map<String, String> requireNoNull(@Nullable Map<String, String> found) {
        if (found == null
                || found.entrySet().stream().anyMatch(entry -> entry.getKey() == null || entry.getValue() == null)) {
            throw new NullPointerException("the loader found null: let it leave the key out where there is nothing");
        }
        return found;
    }
}
