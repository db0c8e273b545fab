package dev.coatcheck.state.limits;

import dev.coatcheck.state.limits.Decision.Reservation;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/** For adapters: ids of reservations, made of when the permits were spent by the store's clock, this process, and a number. */
public final class ReservationIds {
    private final String process = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
    private final AtomicLong count = new AtomicLong();

    /** Of this process. */
    public ReservationIds() {}

    /** A new one, for permits that were spent at this microsecond of the store's clock. */
    public String next(long spentAtMicros) {
        return spentAtMicros + "-" + process + "-" + Long.toString(count.incrementAndGet(), 36);
    }

    /**
     * When permits were spent, by the store's clock in microseconds.
     *
     * @throws IllegalArgumentException where it is the id of no reservation of a store
     */
    public static long spentAt(Reservation reservation) {
        var id = reservation.id();
        try {
            return Long.parseLong(id, 0, Math.max(0, id.indexOf('-')), 10);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a reservation of these limits: \"" + id + "\"", e);
        }
    }
}
