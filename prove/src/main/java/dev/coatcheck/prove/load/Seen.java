package dev.coatcheck.prove.load;

import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a load has shown.
 *
 * @param took how long what was done to the processes took
 */
record Seen(Scenario scenario, Tally tally, Usual usual, Duration took) {
    int failures() {
        return tally.failures();
    }

    /** What failed, and what there was to fail: a step that nothing was held to is no praise. */
    String inWords() {
        List<String> words = new ArrayList<>();
        words.add(
                failures() == 0
                        ? "none of " + tally.requests() + " requests failed, and none of " + tally.conversations()
                                + " conversations broke"
                        : failures() + " of " + tally.requests() + " requests failed, or were answered in another way: "
                                + tally.firstFailure().orElse(""));
        if (tally.refusals() > 0) {
            words.add(tally.refusals() + (tally.refusals() == 1 ? " conversation" : " conversations")
                    + " ended with 429 Too Many Requests");
        }
        List<Integer> never = tally.neverCompared(scenario.steps().size());
        if (!never.isEmpty()) {
            words.add("never compared, for want of an answer without a change or under it: " + steps(never));
        }
        List<Integer> less = scenario.steps().stream()
                .map(Step::number)
                .filter(step -> !never.contains(step) && usual.of(step) != Likeness.WHOLE)
                .toList();
        if (!less.isEmpty()) {
            words.add("compared less closely, as what varies under load or leaks as is known: " + steps(less));
        }
        return String.join("; ", words);
    }

    private static String steps(List<Integer> numbers) {
        return (numbers.size() == 1 ? "step " : "steps ")
                + numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
