package dev.coatcheck.prove.bind;

import dev.coatcheck.prove.scenario.Selection;

/**
 * A value that one response gave and a later request carries.
 *
 * @param producer the number of the step whose response had it, the latest before the consumer
 * @param selection where the response has it
 * @param consumer the number of the step whose request carries it
 * @param variable how the bound steps call it
 */
public record Binding(int producer, Selection selection, int consumer, String variable) {
    /** As {@code step 3 carries what step 1 gave: jsonpath "$.id"}. */
    @Override
    public String toString() {
        return "step " + consumer + " carries what step " + producer + " gave: " + selection;
    }
}
