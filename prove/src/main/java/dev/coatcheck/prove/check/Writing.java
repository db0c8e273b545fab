package dev.coatcheck.prove.check;

import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.util.List;

/** Steps that may change something. */
final class Writing {
    private Writing() {}

    static List<Integer> steps(Scenario scenario) {
        return scenario.steps().stream()
                .filter(step -> !step.request().isSafe())
                .map(Step::number)
                .toList();
    }
}
