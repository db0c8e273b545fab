package dev.coatcheck.prove.report;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A scenario that was played.
 *
 * @param name how the report calls it
 * @param file the file it was read from, relative to where the prover was started; empty for steps of the command line
 * @param steps its steps, numbered from 1
 */
public record ScenarioSummary(String name, Optional<String> file, List<StepSummary> steps) {
    public ScenarioSummary {
        steps = List.copyOf(steps);
    }

    /**
     * One step of it.
     *
     * @param request as {@code POST /login}
     * @param line where it begins in the scenario's file, counted from 1, where that is known
     */
    public record StepSummary(String request, OptionalInt line) {
        public StepSummary {
            request = Hidden.in(request);
        }
    }
}
