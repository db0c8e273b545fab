package dev.coatcheck.state.limits;

import java.util.List;
import java.util.Objects;

/**
 * What is to be spent.
 *
 * @param limit of which limit
 * @param key whose: a user, an address. Stored as given, so hash what should not be read in the store
 * @param cost how many permits
 */
public record Ask(Limit limit, String key, long cost) {
    public Ask {
        Objects.requireNonNull(key, "the key of an ask is null: those whose key is not known would share one");
        if (cost < 1 || cost > limit.permits()) {
            throw new IllegalArgumentException("limit \"%s\" never gives %d permits at once, but 1 to %d"
                    .formatted(limit.name(), cost, limit.permits()));
        }
    }

    /** Refuses what {@link Limits#acquire(List)} does not take. */
    public static void requireDistinct(List<Ask> asks) {
        if (asks.isEmpty()) {
            throw new IllegalArgumentException("nothing is asked for: acquire takes at least one ask");
        }
        for (int i = 1; i < asks.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (asks.get(i).sharesKeyWith(asks.get(j))) {
                    throw new IllegalArgumentException("limit \"%s\" is asked twice for one key; ask once, at the sum"
                            .formatted(asks.get(i).limit().name()));
                }
            }
        }
    }

    private boolean sharesKeyWith(Ask other) {
        return key.equals(other.key) && limit.name().equals(other.limit.name());
    }

    /** The same at another cost. */
    public Ask withCost(long cost) {
        return new Ask(limit, key, cost);
    }
}
