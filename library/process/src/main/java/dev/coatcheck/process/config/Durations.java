package dev.coatcheck.process.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as people write them ({@code 250ms}, {@code 30s}, {@code 1h30m}, {@code 7d}) and as ISO 8601 does. */
final class Durations {
    private static final Pattern WRITTEN =
            Pattern.compile("(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

    private Durations() {}

    static Duration parse(String text) {
        var duration = text.strip().toLowerCase(Locale.ROOT);
        if (duration.matches("\\d+")) {
            throw new IllegalArgumentException("has no unit (ms, s, m, h or d)");
        }
        return duration.startsWith("p") ? iso(duration) : written(duration);
    }

    private static Duration written(String text) {
        var match = WRITTEN.matcher(text);
        if (text.isEmpty() || !match.matches()) {
            throw new IllegalArgumentException("is not a duration");
        }
        return Duration.ofDays(count(match.group(1)))
                .plusHours(count(match.group(2)))
                .plusMinutes(count(match.group(3)))
                .plusSeconds(count(match.group(4)))
                .plusMillis(count(match.group(5)));
    }

    private static long count(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static Duration iso(String text) {
        try {
            var duration = Duration.parse(text);
            if (duration.isNegative()) {
                throw new IllegalArgumentException("is negative");
            }
            return duration;
        } catch (DateTimeException | ArithmeticException wrong) {
            throw new IllegalArgumentException("is not a duration", wrong);
        }
    }
}
