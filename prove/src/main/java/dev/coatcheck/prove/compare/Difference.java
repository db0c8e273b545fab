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
        return inWords("in the control", "in the fleet");
    }

    /**
     * The sentence with other words for the two sides.
     *
     * @param usual as {@code in the control}
     * @param now as {@code in the fleet}
     */
    public String inWords(String usual, String now) {
        return switch (part) {
            case ANSWER, STATUS -> subject() + sides(" ", "none", usual, now);
            case HEADER -> "header " + place + sides(": ", "no such header", usual, now);
            case COOKIE -> "cookie " + place + sides(" ", "untouched", usual, now);
            case BODY -> "body: " + body(usual, now);
            case MESSAGE -> "the socket of step " + place + " hears " + sides("", "nothing of it", usual, now);
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

    private String sides(String separator, String nothing, String usual, String now) {
        return separator + control.orElse(nothing) + " " + usual + ", " + fleet.orElse(nothing) + " " + now;
    }

    private String body(String usual, String now) {
        if (control.isEmpty()) {
            return place + " is " + fleet.orElse("") + " " + now + " and missing " + usual;
        }
        return place + " was " + control.get() + " " + usual + " and is " + fleet.orElse("missing") + " " + now;
    }
}
