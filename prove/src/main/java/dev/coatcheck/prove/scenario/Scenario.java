package dev.coatcheck.prove.scenario;

import java.util.List;

/**
 * The steps of a conversation, in order. Several users may take part ({@link Step#user}): each has cookies of its own, and
 * all share the values that were captured, as when one user reads what another one wrote.
 *
 * @param name how reports call it
 * @param steps at least one, numbered from 1
 */
public record Scenario(String name, List<Step> steps) {
    public Scenario {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a scenario has at least one step");
        }
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).number() != i + 1) {
                throw new IllegalArgumentException(
                        "step " + (i + 1) + " is numbered " + steps.get(i).number());
            }
        }
    }
}
