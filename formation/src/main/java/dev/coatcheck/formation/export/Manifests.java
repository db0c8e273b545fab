package dev.coatcheck.formation.export;

import java.util.List;

/**
 * An application as an engine takes it.
 *
 * @param files in the order in which a person reads them
 * @param warnings what the runner does and the engine does not, and what has to be put right by hand; each stands at the
 *     head of a file too
 */
public record Manifests(List<Manifest> files, List<String> warnings) {
    public Manifests {
        files = List.copyOf(files);
        warnings = List.copyOf(warnings);
    }
}
