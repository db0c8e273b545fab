package dev.coatcheck.state.limits;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.leases.Acquisition;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.Acquisition.Busy;
import dev.coatcheck.state.leases.Lease;
import dev.coatcheck.state.leases.Leases;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How many may be at something at the same time, among all processes: three exports of one customer, ten uploads in all.
 *
 * <p>There are as many leases as there are places; whoever is at it holds one of them. So a place is renewed while it is
 * held, comes back by itself when its holder dies, and whoever lost it is told: see {@link Lease}. Guarantees: never more
 * hold a place than there are, by the store's clock. Where two releases say different numbers, no more than the larger.
 *
 * <p>Cost: one round trip where most places are free, and one for each place where all are taken: meant for some dozens.
 * Throws {@link BackingServiceException} where the store cannot be asked. Thread-safe.
 *
 * <pre>{@code
 * var exports = new ConcurrencyLimit(redis.leases(LeaseSettings.heldBy(instanceName)), "export", 3);
 * switch (exports.tryAcquire(customer)) {
 *     case Acquired(var place) -> {
 *         try (place) {
 *             export(customer);
 *         }
 *     }
 *     case Busy(var first) -> tooManyRequests(first.endsIn());
 * }
 * }</pre>
 */
public final class ConcurrencyLimit {

    /** The most places, as a full limit asks for each of them. */
    public static final int MAX_PLACES = 100;

    private final Leases leases;
    private final String name;
    private final int places;

    /**
     * A limit whose places are leases.
     *
     * @param leases whose duration says for how long a holder that has died still counts
     * @param name tells this limit from others for the same key, and from other leases
     * @param places from 1 to {@value #MAX_PLACES}
     */
    public ConcurrencyLimit(Leases leases, String name, int places) {
        if (name.isEmpty() || places < 1 || places > MAX_PLACES) {
            throw new IllegalArgumentException("a limit on concurrency has a name and 1 to %d places: \"%s\", %d"
                    .formatted(MAX_PLACES, name, places));
        }
        this.leases = leases;
        this.name = name;
        this.places = places;
    }

    /**
     * Takes a place, if one is free.
     *
     * @param key whose places; with the name of the limit some bytes less than {@value Leases#MAX_NAME_BYTES}
     * @return the place, to be closed at the end, or of those who have the places the one whose time ends first
     */
    public Acquisition tryAcquire(String key) {
        // Not all at the same place first.
        int first = ThreadLocalRandom.current().nextInt(places);
        Busy soonest = null;
        for (int i = 0; i < places; i++) {
            switch (leases.tryAcquire(place(key, (first + i) % places))) {
                case Acquired acquired -> {
                    return acquired;
                }
                case Busy busy -> soonest = soonest == null || endsSooner(busy, soonest) ? busy : soonest;
            }
        }
        if (soonest == null) {
            throw new AssertionError("there is at least one place");
        }
        return soonest;
    }

    /** With the length of the name, so that no other name and key make the same lease. */
    private String place(String key, int number) {
        return "place:" + name.length() + ":" + name + ":" + key + "#" + number;
    }

    private static boolean endsSooner(Busy one, Busy other) {
        return one.holder().endsIn().compareTo(other.holder().endsIn()) < 0;
    }
}
