package dev.coatcheck.s3;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import software.amazon.awssdk.core.SdkResponse;

/**
 * What time it is at a store that counts in seconds. Processes note finer times, which are believed as far as the store's
 * bear them out: a lease that is counted so is right to the millisecond where the clocks are, and never wrong by more than
 * a second or two where one of them is not.
 */
final class StoreClock {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** How long what is small may be on its way before its noted time is no longer that of its arrival. */
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(3);

    private StoreClock() {}

    /** When the store answered, in whole seconds; by the clock of this process where it does not say. */
    static Instant now(SdkResponse response) {
        return response.sdkHttpResponse()
                .firstMatchingHeader("Date")
                .flatMap(StoreClock::parsed)
                .orElseGet(() -> Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    private static Optional<Instant> parsed(String date) {
        try {
            return Optional.of(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /**
     * When something was stored.
     *
     * @param noted by the process that stored it
     * @param counted by the store
     */
    static Instant storedAt(Instant noted, Instant counted) {
        boolean borneOut = Duration.between(noted, counted).abs().compareTo(ON_ITS_WAY) <= 0;
        return borneOut ? noted : counted;
    }

    /**
     * How long ago something was stored.
     *
     * @param noted by the process that stored it
     * @param counted when it was stored, by the store
     * @param answered when the store said so, by the store
     * @param here the same moment, by the clock of this process
     */
    static Duration age(Instant noted, Instant counted, Instant answered, Instant here) {
        var coarse = Duration.between(counted, answered);
        var fine = Duration.between(noted, here);
        if (fine.compareTo(coarse.minus(SECOND)) < 0) {
            return coarse.minus(SECOND);
        }
        return fine.compareTo(coarse.plus(SECOND)) > 0 ? coarse.plus(SECOND) : fine;
    }
}
