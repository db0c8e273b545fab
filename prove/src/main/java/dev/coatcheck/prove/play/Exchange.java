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
 * @param opened whether a socket or a stream of events stays open behind it
 * @param heard what open sockets have heard since, before the next step; empty where nobody listened
 */
public record Exchange(
        Step step,
        Target target,
        Outcome outcome,
        List<String> unmet,
        Map<String, String> values,
        int attempts,
        Instant at,
        Duration took,
        boolean opened,
        List<Message> heard) {
    /** One that leaves no socket open, and after which nothing was heard. */
    public Exchange(
            Step step,
            Target target,
            Outcome outcome,
            List<String> unmet,
            Map<String, String> values,
            int attempts,
            Instant at,
            Duration took) {
        this(step, target, outcome, unmet, values, attempts, at, took, false, List.of());
    }

    public Exchange {
        heard = List.copyOf(heard);
        unmet = List.copyOf(unmet);
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The same, known as another step. */
    public Exchange withStep(Step other) {
        return new Exchange(other, target, outcome, unmet, values, attempts, at, took, opened, heard);
    }

    /** The same, and what was heard after it. */
    public Exchange hearing(List<Message> messages) {
        return new Exchange(step, target, outcome, unmet, values, attempts, at, took, opened, messages);
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
