package dev.coatcheck.state.cache;

import java.time.Duration;
import java.util.Optional;

/**
 * What a store is to keep.
 *
 * @param value empty where the loader found nothing
 * @param ttl its time to live, in whole milliseconds, at least one
 * @param stale for how long it is kept after that, in whole milliseconds
 * @param loadTime how long it took to load, in whole milliseconds
 */
public record NewEntry(Optional<String> value, Duration ttl, Duration stale, Duration loadTime) {}
