package dev.coatcheck.prove.scenario;

import java.util.List;

/**
 * A scenario as it was read from a file.
 *
 * @param notes what its user has to know of it, in sentences: what was left out, and what that may cost
 */
public record Reading(Scenario scenario, List<String> notes) {
    public Reading {
        notes = List.copyOf(notes);
    }
}
