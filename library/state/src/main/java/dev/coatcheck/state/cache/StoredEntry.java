package dev.coatcheck.state.cache;

import java.time.Duration;
import java.util.Optional;

/**
 * What a store has kept.
 *
 * @param value empty where the loader found nothing
 * @param freshFor how much is left of its time to live as of the moment that the store answered; not positive where it is
 *     over
 * @param loadTime how long it took to load
 */
public record StoredEntry(Optional<String> value, Duration freshFor, Duration loadTime) {

    boolean isFresh() {
        return freshFor.isPositive();
    }
}
