package dev.coatcheck.prove.scenario;

import java.util.List;
import java.util.OptionalInt;

/**
 * One request of a scenario, and what its response has to be.
 *
 * @param number counted from 1
 * @param line where it begins in the scenario's file, counted from 1; empty where it was not read from lines of a file
 * @param user who sends it; the cookies of one user are never sent for another
 * @param request what is sent
 * @param polling whether the request is repeated until its response is as expected
 * @param expectation what its response has to be
 * @param captures what later steps take from its response
 * @param asOf the step before which its cookies and captures are taken, by its number: all steps of one such number go on
 *     with what the user had when the first of them was sent; empty where they are those of now
 */
public record Step(
        int number,
        OptionalInt line,
        String user,
        Request request,
        Polling polling,
        Expectation expectation,
        List<Capture> captures,
        OptionalInt asOf) {

    /** As of which a step has neither cookies nor captures: it is sent by somebody who never came before. */
    public static final int BEGINNING = 0;

    /** The user of a scenario that speaks of none. */
    public static final String ONLY_USER = "user";

    public Step {
        captures = List.copyOf(captures);
    }

    /** A step with the cookies and captures of now. */
    public Step(
            int number,
            OptionalInt line,
            String user,
            Request request,
            Polling polling,
            Expectation expectation,
            List<Capture> captures) {
        this(number, line, user, request, polling, expectation, captures, OptionalInt.empty());
    }

    /** A step that stands in no line of a file. */
    public Step(
            int number,
            String user,
            Request request,
            Polling polling,
            Expectation expectation,
            List<Capture> captures) {
        this(number, OptionalInt.empty(), user, request, polling, expectation, captures);
    }

    /** The method and the path as it was written: {@code POST /photos/{{id}}}. */
    public String title() {
        String target = request.target().toString();
        return request.method() + " "
                + target.replaceFirst("^\\{\\{[ \t]*" + Variables.BASE_URL + "[ \t]*}}(?=/|\\{\\{)", "");
    }

    public Step withRequest(Request changed) {
        return new Step(number, line, user, changed, polling, expectation, captures, asOf);
    }

    public Step withPolling(Polling changed) {
        return new Step(number, line, user, request, changed, expectation, captures, asOf);
    }

    public Step withCaptures(List<Capture> changed) {
        return new Step(number, line, user, request, polling, expectation, changed, asOf);
    }

    public Step withNumber(int changed) {
        return new Step(changed, line, user, request, polling, expectation, captures, asOf);
    }

    /** The request alone: sent once, with nothing expected of its answer and nothing taken from it. */
    public Step bare() {
        Expectation anything = new Expectation(new Expectation.Any(), List.of());
        return new Step(number, line, user, request, Polling.NONE, anything, List.of(), asOf);
    }

    /** With the cookies and captures that its user has when the first step as of this number is sent, or of {@link #BEGINNING}. */
    public Step asOf(int step) {
        return new Step(number, line, user, request, polling, expectation, captures, OptionalInt.of(step));
    }
}
