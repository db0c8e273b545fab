package dev.coatcheck.prove.report;

import dev.coatcheck.prove.check.Cause;
import dev.coatcheck.prove.report.HtmlLanes.Arrow;
import dev.coatcheck.prove.report.Rows.Row;
import dev.coatcheck.prove.report.RunRecord.StepRun;
import java.util.Optional;

/**
 * What of a leak is drawn into one of the two pictures that show it.
 *
 * @param sides both of them
 * @param run the one of the two that is drawn
 * @param split whether it is the one that breaks
 */
record HtmlDrawnLeak(SideBySide sides, RunRecord run, boolean split) {
    private static final int LONGEST_MESSAGE = 60;

    String tone() {
        return split ? "missed" : "kept";
    }

    /** Whether an answer is another one than it should be. A socket that hears nothing is not the answer's fault. */
    boolean isWrong(int index) {
        return split && sides.isWrong(index) && !(isSocket() && index == sides.victim());
    }

    Optional<String> expected(int index) {
        return sides.expected(index);
    }

    /** What is wrong, where more is known than what was expected. */
    Optional<String> note(int index) {
        return sides.leak().cause() == Cause.ID_COLLISION && index == sides.victim()
                ? Optional.of("same id")
                : Optional.empty();
    }

    /** Whether it is one of the two steps of the leak. */
    boolean tells(int index) {
        return index == sides.polluter() || index == sides.victim();
    }

    /** What the leak has to do with a row. */
    Optional<String> role(Row row) {
        if (contains(row, sides.polluter())) {
            return Optional.of(roles().polluter);
        }
        return contains(row, sides.victim()) && sides.leak().another().isPresent()
                ? Optional.of(roles().victim)
                : Optional.empty();
    }

    private static boolean contains(Row row, int index) {
        return row.from() <= index && index < row.to();
    }

    private Roles roles() {
        return switch (sides.leak().cause()) {
            case MEMORY, LOCAL_FILE, CACHED_FILE, STALE_CACHE, LOST_WRITE, UNKNOWN -> new Roles("writes", "reads");
            case PROCESS_SECRET -> new Roles("hands out", "hands in");
            case COUNTER -> new Roles("is counted", "is counted");
            case REVOCATION -> new Roles("revokes", "comes again");
            case ID_COLLISION -> new Roles("is given an id", "is given an id");
            case SOCKET_REGISTRY -> new Roles("listens", "is to be heard");
            case LOST_JOB -> new Roles("begins work", "asks for it");
        };
    }

    /** What the two steps of a leak do, in a word or two. */
    private record Roles(String polluter, String victim) {}

    /** From what was left to who needs it; empty where they share a row, or nobody knows who left it. */
    Optional<Arrow> arrow() {
        int polluter = sides.polluter();
        int victim = sides.victim();
        if (polluter < 0 || sides.leak().cause() == Cause.COUNTER) {
            return Optional.empty();
        }
        if (isSocket()) {
            return Optional.of(unheard().orElse(new Arrow(victim, polluter, instance(polluter), tone())));
        }
        return Optional.of(new Arrow(polluter, victim, instance(victim), tone()));
    }

    /** To the lane of the socket that should have heard of a step, in the row of that step; empty where it did. */
    Optional<Arrow> unheard() {
        int polluter = sides.polluter();
        int victim = sides.victim();
        return isSocket() && split && polluter >= 0 && !instance(polluter).equals(instance(victim))
                ? Optional.of(new Arrow(victim, victim, instance(polluter), tone()))
                : Optional.empty();
    }

    private boolean isSocket() {
        return sides.leak().cause() == Cause.SOCKET_REGISTRY;
    }

    private String instance(int index) {
        return run.steps().get(index).instance();
    }

    /** What the arrow means; empty where there is none. */
    Optional<String> caption() {
        return arrow().map(_ -> switch (sides.leak().cause()) {
            case SOCKET_REGISTRY -> heard();
            case REVOCATION ->
                split
                        ? "The arrow leads to the answer that still accepts what was revoked."
                        : "The arrow leads to the answer that refuses what was revoked.";
            case ID_COLLISION -> split ? "Both are given the same id." : "Each is given an id of its own.";
            case LOST_JOB, LOST_WRITE ->
                split
                        ? "The arrow leads to the answer that misses what died with the process."
                        : "The arrow leads to the answer that has it.";
            case MEMORY, LOCAL_FILE, CACHED_FILE, PROCESS_SECRET, STALE_CACHE, COUNTER, UNKNOWN ->
                split
                        ? "The arrow leads to the answer that misses what was left elsewhere."
                        : "The arrow shows what is left in the process, and found there again.";
        });
    }

    private String heard() {
        StepRun victim = sides.split().steps().get(sides.victim());
        String socket = "the socket of step "
                + sides.split().steps().get(sides.polluter()).step().step();
        return "After step " + victim.step().step() + ", " + socket + (split ? " hears nothing of " : " hears ")
                + victim.expected().map(HtmlDrawnLeak::message).orElse("what it brings")
                + ".";
    }

    /** Without the quotation marks that a text has in a sentence about differences: a message is often full of its own. */
    private static String message(String expected) {
        boolean quoted = expected.length() > 1 && expected.startsWith("\"") && expected.endsWith("\"");
        return LeakWords.shortened(quoted ? expected.substring(1, expected.length() - 1) : expected, LONGEST_MESSAGE);
    }
}
