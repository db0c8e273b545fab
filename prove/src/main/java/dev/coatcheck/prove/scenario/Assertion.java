package dev.coatcheck.prove.scenario;

/**
 * A sentence about a response that has to be true.
 *
 * @param negated written {@code not}: the predicate has to be false
 * @param place where it is written
 */
public record Assertion(Selection selection, boolean negated, Predicate predicate, Place place) {
    /** As it is written in a scenario. */
    @Override
    public String toString() {
        return selection + (negated ? " not " : " ") + predicate;
    }
}
