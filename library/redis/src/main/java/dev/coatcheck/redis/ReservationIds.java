package dev.coatcheck.redis;

import dev.coatcheck.state.limits.Decision.Reservation;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/** Ids of reservations: when the permits were spent by the server's clock, this process, and a number. */
final class ReservationIds {
    private final String process = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
    private final AtomicLong count = new AtomicLong();

    String next(long spentAtMicros) {
        return spentAtMicros + "-" + process + "-" + Long.toString(count.incrementAndGet(), 36);
    }

    static long spentAt(Reservation reservation) {
        var id = reservation.id();
        try {
            return Long.parseLong(id, 0, Math.max(0, id.indexOf('-')), 10);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a reservation of these limits: \"" + id + "\"", e);
        }
    }
}
