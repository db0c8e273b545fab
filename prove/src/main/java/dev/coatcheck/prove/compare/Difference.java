package dev.coatcheck.prove.compare;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Something that a fleet's response has and the control's has not, or the other way round. Its text is a sentence for people;
 * secrets are shortened in it.
 *
 * @param step the number of the step
 * @param place inside that part: a header's name, a path in the body, the number of the step that
 *     opened the socket; empty where the part is all
 * @param control what the control has there, in words; empty where it has nothing
 * @param fleet what the fleet has there, in words; empty where it has nothing
 */
public record Difference(int step, Part part, String place, Optional<String> control, Optional<String> fleet) {
    private static final List<Part> TELLING =
            List.of(Part.ANSWER, Part.STATUS, Part.EXPECTATION, Part.MESSAGE, Part.BODY, Part.HEADER, Part.COOKIE);

    /** Which part of an exchange differs. */
    public enum Part {
        /** There was an answer in one and none in the other. */
        ANSWER,
        STATUS,
        HEADER,
        COOKIE,
        BODY,
        /** What an open socket hears after the step. */
        MESSAGE,
        /** What the scenario itself asks for: an assert, a capture. */
        EXPECTATION
    }

    /** Of several the one by which a person sees soonest what went wrong. */
    public static Difference mostTelling(List<Difference> differences) {
        return Collections.min(
                differences,
                Comparator.<Difference>comparingInt(difference -> TELLING.indexOf(difference.telling()))
                        // A number that is another one is seldom what a reader looks for where a whole line is missing.
                        .thenComparing(difference -> difference.fleet.isPresent()));
    }

    /** The number of the step whose socket it is about; empty where it is about none. */
    public OptionalInt socket() {
        return part == Part.MESSAGE ? OptionalInt.of(Integer.parseInt(place)) : OptionalInt.empty();
    }

    /** As {@code status 200 in the control, 401 in the fleet}. */
    @Override
    public String toString() {
        return switch (part) {
            case ANSWER, STATUS -> subject() + sides(" ", "none");
            case HEADER -> "header " + place + sides(": ", "no such header");
            case COOKIE -> "cookie " + place + sides(" ", "untouched");
            case BODY -> "body: " + body();
            case MESSAGE -> "the socket of step " + place + " hears " + sides("", "nothing of it");
            case EXPECTATION -> fleet.orElse("");
        };
    }

    /** The page of a redirect says less than where it leads. */
    private Part telling() {
        return part == Part.HEADER && place.equals("Location") ? Part.EXPECTATION : part;
    }

    private String subject() {
        return part == Part.ANSWER ? "answer:" : "status";
    }

    private String sides(String separator, String nothing) {
        return separator + control.orElse(nothing) + " in the control, " + fleet.orElse(nothing) + " in the fleet";
    }

    private String body() {
        if (control.isEmpty()) {
            return place + " is " + fleet.orElse("") + " in the fleet and missing in the control";
        }
        return place + " was " + control.get() + " in the control and is " + fleet.orElse("missing") + " in the fleet";
    }
}
