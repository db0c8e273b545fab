package dev.coatcheck.prove.check;

import dev.coatcheck.prove.scenario.Step;
import java.util.regex.Pattern;

/**
 * What a step asks, whichever of many things alike it asks it of: {@code GET /notes/7} and {@code GET /notes/{{note}}} are of one
 * kind. In a long scenario it is enough to try each kind once where a process has to be started for it.
 */
record Kind(String user, String method, String target, String body) {
    /** Numbers, ids and what was captured. */
    private static final Pattern PARTICULAR = Pattern.compile("\\{\\{[^}]*}}|[\\p{L}\\p{N}-]*\\p{N}[\\p{L}\\p{N}-]*");

    static Kind of(Step step) {
        return new Kind(
                step.user(),
                step.request().method(),
                general(step.request().target() + " " + step.request().query()),
                general(step.request().body().toString()));
    }

    private static String general(String text) {
        return PARTICULAR.matcher(text).replaceAll("#");
    }
}
