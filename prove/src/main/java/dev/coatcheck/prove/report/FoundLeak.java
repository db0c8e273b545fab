package dev.coatcheck.prove.report;

import dev.coatcheck.prove.check.Cause;
import java.util.List;
import java.util.Optional;

/**
 * A difference between fleet and control that was confirmed and that the control's own variation does not explain.
 *
 * @param check the check that found it: {@code spread}
 * @param cause what kind of place the state was left in
 * @param polluter the step that left it there; empty where no single step did
 * @param victim the step that needed it
 * @param difference in words: {@code status 200 in the control, 401 in the fleet}
 * @param locations where the state was found, the most telling first
 * @param advice what to do; {@link Cause#remedy()} where nothing better is known
 * @param reproduce one line for a shell that shows the leak again
 * @param evidence what was tried and seen, in words, in order
 * @param scope how far it goes, in words that follow "It shows", where it is not simply and for ever between two of one
 *     process type: {@code between web and worker}, {@code until 2.0 s after the write}
 * @param acceptance where a baseline accepts it
 */
public record FoundLeak(
        String check,
        Cause cause,
        Optional<StepRef> polluter,
        StepRef victim,
        String difference,
        List<FoundLocation> locations,
        String advice,
        String reproduce,
        List<String> evidence,
        Optional<String> scope,
        Optional<Acceptance> acceptance) {

    /** One that no baseline accepts. */
    public FoundLeak(
            String check,
            Cause cause,
            Optional<StepRef> polluter,
            StepRef victim,
            String difference,
            List<FoundLocation> locations,
            String advice,
            String reproduce,
            List<String> evidence,
            Optional<String> scope) {
        this(
                check,
                cause,
                polluter,
                victim,
                difference,
                locations,
                advice,
                reproduce,
                evidence,
                scope,
                Optional.empty());
    }

    public FoundLeak {
        difference = Hidden.in(difference);
        locations = List.copyOf(locations);
        reproduce = Hidden.in(reproduce);
        evidence = evidence.stream().map(Hidden::in).toList();
        if (reproduce.lines().count() > 1) {
            throw new IllegalArgumentException("the command that reproduces a leak is one line: " + reproduce);
        }
    }

    /** The polluter, where it is another step than the victim: a step may break for having been sent before. */
    Optional<StepRef> another() {
        return polluter.filter(step -> !step.equals(victim));
    }

    /** The same, accepted. */
    public FoundLeak accepted(Acceptance by) {
        return new FoundLeak(
                check,
                cause,
                polluter,
                victim,
                difference,
                locations,
                advice,
                reproduce,
                evidence,
                scope,
                Optional.of(by));
    }
}
