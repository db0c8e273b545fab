package dev.coatcheck.state.limits;

import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Decision.Reservation;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Limits counted in the memory of this process alone: the reference for the contract, what tests of an application use,
 * and what an adapter falls back on ({@link OnOutage.LocalShare}). Two processes that use it allow twice as much.
 *
 * <p>Memory is bounded: beyond {@code maxKeys} the key that was longest not asked for is forgotten, and then starts
 * with its whole burst. Thread-safe; never waits.
 */
public final class LocalLimits implements Limits {
    private final InstantSource clock;
    private final Map<Key, Owed> owed;
    private final Map<String, Boolean> refunded;
    private long reservations;

    private record Key(String limit, String key) {
        static Key of(Ask ask) {
            return new Key(ask.limit().name(), ask.key());
        }
    }

    private record Owed(Debt debt, long sinceMicros) {}

    /** @param clock goes only forward, such as {@link #monotonicClock()} */
    public LocalLimits(InstantSource clock, int maxKeys) {
        this.clock = clock;
        this.owed = leastRecentlyUsed(maxKeys);
        this.refunded = leastRecentlyUsed(maxKeys);
    }

    /** A clock that no change of the system's time moves. */
    public static InstantSource monotonicClock() {
        var start = Instant.now();
        long startNanos = System.nanoTime();
        return () -> start.plusNanos(System.nanoTime() - startNanos);
    }

    @Override
    public synchronized Decision acquire(List<Ask> asks) {
        Ask.requireDistinct(asks);
        long now = nowMicros();
        var debts = new ArrayList<Debt>();
        for (var ask : asks) {
            debts.add(owedNow(ask, now).plus(Debt.of(ask)));
        }
        var worst = Collections.max(debts, Comparator.comparing(Debt::excess));
        if (worst.excess().isPositive()) {
            return new Limited(worst.limit(), worst.excess());
        }
        for (int i = 0; i < asks.size(); i++) {
            owed.put(Key.of(asks.get(i)), new Owed(debts.get(i), now));
        }
        return Allowed.of(new Reservation(now + "-" + ++reservations, asks), debts);
    }

    @Override
    public synchronized void refund(Reservation reservation) {
        if (refunded.put(reservation.id(), true) != null) {
            return;
        }
        long now = nowMicros();
        long spent =
                Long.parseLong(reservation.id().substring(0, reservation.id().indexOf('-')));
        for (var ask : reservation.asks()) {
            var returned = Debt.of(ask).after(now - spent);
            owed.put(Key.of(ask), new Owed(owedNow(ask, now).minus(returned), now));
        }
    }

    private Debt owedNow(Ask ask, long now) {
        var before = owed.get(Key.of(ask));
        return before == null
                ? Debt.none(ask.limit())
                : before.debt.after(now - before.sinceMicros).under(ask.limit());
    }

    private long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }

    private static <K, V> Map<K, V> leastRecentlyUsed(int max) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > max;
            }
        };
    }
}
