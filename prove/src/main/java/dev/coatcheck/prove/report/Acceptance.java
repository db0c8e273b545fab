package dev.coatcheck.prove.report;

import java.time.LocalDate;

/**
 * That a leak is known and lived with for the time being.
 *
 * @param reason why, in the words of who accepted it
 * @param until the last day on which it is
 */
public record Acceptance(String reason, LocalDate until) {
    public Acceptance {
        reason = Hidden.in(reason);
    }
}
