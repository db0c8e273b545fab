package dev.coatcheck.prove.location;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * What a search found.
 *
 * @param locations the best first, none twice
 * @param notes where it could not look, or not to the end, and why; for people
 */
public record Findings(List<Location> locations, List<String> notes) {
    static final Findings NOTHING = new Findings(List.of(), List.of());

    public Findings {
        locations = List.copyOf(new LinkedHashSet<>(locations));
        notes = List.copyOf(new LinkedHashSet<>(notes));
    }

    static Findings note(String note) {
        return new Findings(List.of(), List.of(note));
    }

    Findings and(Findings more) {
        List<Location> allLocations = new ArrayList<>(locations);
        allLocations.addAll(more.locations);
        List<String> allNotes = new ArrayList<>(notes);
        allNotes.addAll(more.notes);
        return new Findings(allLocations, allNotes);
    }
}
