package dev.coatcheck.prove.report;

import java.util.Locale;

/** What a proof comes to. */
public enum Verdict {
    /** The conversation was split and nothing was missed. */
    STATELESS(0),
    /** At least one leak was found and confirmed. */
    STATEFUL(1),
    /** Nothing can be said; the report has the reason. */
    INCONCLUSIVE(3);

    private final int exitStatus;

    Verdict(int exitStatus) {
        this.exitStatus = exitStatus;
    }

    /** The exit status of {@code coatcheck prove}. */
    public int exitStatus() {
        return exitStatus;
    }

    /** As {@code report.json} has it: {@code stateless}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
