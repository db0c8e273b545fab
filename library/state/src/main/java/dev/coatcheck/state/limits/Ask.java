package dev.coatcheck.state.limits;

/**
 * What is to be spent.
 *
 * @param limit of which limit
 * @param key whose: a user, an address. Stored as given, so hash what should not be read in the store
 * @param cost how many permits
 */
public record Ask(Limit limit, String key, long cost) {
    public Ask {
        if (cost < 1 || cost > limit.permits()) {
            throw new IllegalArgumentException("limit \"%s\" never gives %d permits at once, but 1 to %d"
                    .formatted(limit.name(), cost, limit.permits()));
        }
    }

    /** The same at another cost. */
    public Ask withCost(long cost) {
        return new Ask(limit, key, cost);
    }
}
