package dev.coatcheck.state.cache;

import dev.coatcheck.state.StoredText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an application asked for, checked.
 *
 * @param tags sorted, without repetitions
 */
record Request(EntryKey key, List<String> tags, Duration ttl, Loader loader) {

    /**
     * Loads.
     *
     * @throws LoadFailedException where the loader failed
     * @throws IllegalArgumentException where it found what is no text
     */
    Optional<String> load() {
        Optional<String> value;
        try {
            value = loader.load();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadFailedException(key, e);
        } catch (Exception e) {
            throw new LoadFailedException(key, e);
        }
        value.ifPresent(text -> StoredText.require("a value for the cache \"" + key.cache() + "\"", text));
        return value;
    }
}
