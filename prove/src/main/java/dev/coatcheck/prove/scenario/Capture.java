package dev.coatcheck.prove.scenario;

import java.util.Optional;

/**
 * A value of the response that later steps write as {@code {{name}}}.
 *
 * @param recorded what is taken in its place where the response has no such value: what a recording held. A person who writes
 *     a capture means that the response has it
 */
public record Capture(String name, Selection selection, Optional<String> recorded) {
    /** Of a scenario that a person wrote. */
    public Capture(String name, Selection selection) {
        this(name, selection, Optional.empty());
    }
}
