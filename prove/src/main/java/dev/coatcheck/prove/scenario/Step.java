package dev.coatcheck.prove.scenario;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

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
 */
public record Step(
        int number,
        OptionalInt line,
        String user,
        Request request,
        Polling polling,
        Expectation expectation,
        List<Capture> captures) {

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    /** The user of a scenario that speaks of none. */
    public static final String ONLY_USER = "user";

    public Step {
        captures = List.copyOf(captures);
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

    /** Whether it may change something: its method does not promise the contrary (RFC 9110, 9.2.1). */
    public boolean isWriting() {
        return !SAFE.contains(request.method());
    }

    public Step withRequest(Request changed) {
        return new Step(number, line, user, changed, polling, expectation, captures);
    }

    public Step withPolling(Polling changed) {
        return new Step(number, line, user, request, changed, expectation, captures);
    }

    public Step withCaptures(List<Capture> changed) {
        return new Step(number, line, user, request, polling, expectation, changed);
    }
}
