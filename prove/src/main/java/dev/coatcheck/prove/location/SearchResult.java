package dev.coatcheck.prove.location;

import java.util.LinkedHashSet;
import java.util.List;

/**
 * What a search found.
 *
 * @param locations the best first, none twice
 * @param notes where it could not look, or not to the end, and why; for people
 */
public record SearchResult(List<Location> locations, List<String> notes) {
    public SearchResult {
        locations = List.copyOf(new LinkedHashSet<>(locations));
        notes = List.copyOf(new LinkedHashSet<>(notes));
    }

    static SearchResult note(String note) {
        return new SearchResult(List.of(), List.of(note));
    }
}
