package dev.coatcheck.formation;

import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.supervision.Instance;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What is to run: how many of each process type of a release.
 *
 * @param quantities those of process types that the release does not have count for nothing
 */
record Target(AttachedRelease attached, Map<String, Integer> quantities) {
    Target {
        quantities = Map.copyOf(quantities);
    }

    List<ProcessType> types() {
        return attached.release().configuration().types();
    }

    int quantity(ProcessType type) {
        return quantities.getOrDefault(type.name(), 0);
    }

    boolean isOfThisRelease(Instance instance) {
        return instance.release() == attached.number();
    }

    /** Whether each instance that is to run is among these. */
    boolean isMetBy(List<Instance> some) {
        return types().stream()
                .allMatch(type -> IntStream.rangeClosed(1, quantity(type))
                        .allMatch(number -> some.stream()
                                .anyMatch(instance -> isOfThisRelease(instance)
                                        && instance.type().name().equals(type.name())
                                        && instance.number() == number)));
    }

    /** Whether an instance of this name is to run, of whichever release. */
    boolean hasPlaceFor(Instance instance) {
        return types().stream()
                        .anyMatch(type -> type.name().equals(instance.type().name()))
                && instance.number() <= quantities.getOrDefault(instance.type().name(), 0);
    }
}
