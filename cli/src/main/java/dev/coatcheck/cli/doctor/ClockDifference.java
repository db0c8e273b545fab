package dev.coatcheck.cli.doctor;

import java.time.Duration;
import java.time.Instant;

/** How far a server's clock and the one of this machine are apart. */
final class ClockDifference {
    static final String ID = "clock";

    private static final Duration TOLERANCE = Duration.ofSeconds(1);

    private ClockDifference() {}

    /**
     * @param before when it was asked
     * @param theirs what it told
     * @param after when it had answered
     * @param precision of what it told
     */
    static Finding of(Instant before, Instant theirs, Instant after, Duration precision) {
        Duration uncertain = Duration.between(before, after).dividedBy(2).plus(precision);
        Duration ahead =
                Duration.between(before.plus(Duration.between(before, after).dividedBy(2)), theirs);
        String detail = ahead.abs().compareTo(uncertain) <= 0
                ? "as here, to " + words(uncertain)
                : words(ahead.abs()) + (ahead.isNegative() ? " behind" : " ahead") + " of this machine, to "
                        + words(uncertain);
        return ahead.abs().minus(uncertain).compareTo(TOLERANCE) <= 0
                ? Finding.ok(ID, ID, detail)
                : Finding.weaker(
                        ID,
                        ID,
                        detail,
                        "what one of the two calls expired the other still accepts: sessions, tokens, leases",
                        "let NTP set both clocks");
    }

    private static String words(Duration duration) {
        long millis = Math.max(1, duration.toMillis());
        return millis < 10_000 ? millis + " ms" : duration.toSeconds() + " s";
    }
}
