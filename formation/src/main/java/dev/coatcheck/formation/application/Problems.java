package dev.coatcheck.formation.application;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Collects what is wrong while reading goes on, so that a person mends it all in one go. */
final class Problems {
    private final List<Problem> found = new ArrayList<>();

    void add(String place, String message) {
        found.add(new Problem(place, message));
    }

    void addAtLine(String file, int line, String message) {
        add(file + ":" + line, message);
    }

    List<Problem> found() {
        return Collections.unmodifiableList(found);
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new InvalidApplicationException(found);
        }
    }
}
