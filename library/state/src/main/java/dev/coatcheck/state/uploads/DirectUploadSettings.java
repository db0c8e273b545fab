package dev.coatcheck.state.uploads;

import java.time.Duration;

/**
 * How uploads are kept whose parts go directly to the store.
 *
 * @param leave how long what was signed for a part works, if the upload is not forgotten before; an hour by default, from a second to
 *     seven days
 * @param expiry how long after its beginning an upload is forgotten that was not finished, and after its end what is known of one
 *     that was; 24 hours by default, from a second to a year, no less than the leave
 */
public record DirectUploadSettings(Duration leave, Duration expiry) {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST_LEAVE = Duration.ofDays(7);
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final DirectUploadSettings DEFAULTS =
            new DirectUploadSettings(Duration.ofHours(1), Duration.ofHours(24));

    public DirectUploadSettings {
        if (leave.compareTo(SHORTEST) < 0 || leave.compareTo(LONGEST_LEAVE) > 0) {
            throw new IllegalArgumentException(
                    "leave is given for %s to %s, not for %s".formatted(SHORTEST, LONGEST_LEAVE, leave));
        }
        if (expiry.compareTo(SHORTEST) < 0 || expiry.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "an upload is kept from %s to %s, not %s".formatted(SHORTEST, LONGEST, expiry));
        }
        if (leave.compareTo(expiry) > 0) {
            throw new IllegalArgumentException(
                    "leave for %s would outlast an upload that is kept for %s: give it for a shorter time"
                            .formatted(leave, expiry));
        }
    }

    public static DirectUploadSettings defaults() {
        return DEFAULTS;
    }

    public DirectUploadSettings withLeave(Duration leave) {
        return new DirectUploadSettings(leave, expiry);
    }

    public DirectUploadSettings withExpiry(Duration expiry) {
        return new DirectUploadSettings(leave, expiry);
    }
}
