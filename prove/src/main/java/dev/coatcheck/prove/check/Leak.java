package dev.coatcheck.prove.check;

import dev.coatcheck.prove.compare.Difference;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * State that stays in the processes, and the request that breaks for it.
 *
 * @param check that found it
 * @param polluter the number of the step that left it behind; empty where no single step could be told
 * @param victim the number of the first step that broke for it
 * @param differences between the victim's response in the control and in the fleet; at least one
 * @param trace where it was found
 * @param evidence what was tried and how it went, in words
 * @param scope how far it goes, in words that follow "It shows", where there is more to say than that another process
 *     answers wrongly
 */
public record Leak(
        Check check,
        Cause cause,
        OptionalInt polluter,
        int victim,
        List<Difference> differences,
        Trace trace,
        List<String> evidence,
        Optional<String> scope) {
    public Leak {
        differences = List.copyOf(differences);
        evidence = List.copyOf(evidence);
    }
}
