package dev.coatcheck.prove.play;

import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A step that was played.
 *
 * @param target to whom
 * @param outcome of the last attempt, where the step polls
 * @param unmet what the scenario expected and did not get, in words; empty where all is as expected
 * @param values what stood for variables that are not the same in every run, by the name of their origin
 * @param attempts how often the request was sent
 * @param at when the first attempt began, after the search for its connection
 * @param took until the end of the last attempt, without the search for a connection to who is to answer
 */
public record Exchange(
        Step step,
        Target target,
        Outcome outcome,
        List<String> unmet,
        Map<String, String> values,
        int attempts,
        Instant at,
        Duration took) {
    public Exchange {
        unmet = List.copyOf(unmet);
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The same, known as another step. */
    public Exchange withStep(Step other) {
        return new Exchange(other, target, outcome, unmet, values, attempts, at, took);
    }

    /** Whether there was a response, and the scenario is content with it. */
    public boolean isAsExpected() {
        return outcome instanceof Outcome.Answered && unmet.isEmpty();
    }

    /** How {@link #values} calls the value of a variable. */
    static String nameOf(String variable) {
        return "{{" + variable + "}}";
    }

    /** The response, where there was one. */
    public Optional<Response> response() {
        return outcome instanceof Outcome.Answered(SentRequest request, Response response)
                ? Optional.of(response)
                : Optional.empty();
    }
}
