package dev.coatcheck.prove.scenario;

import java.util.List;

/**
 * One request of a scenario, and what its response has to be.
 *
 * @param number counted from 1
 * @param user who sends it; the cookies of one user are never sent for another
 * @param request what is sent
 * @param polling whether the request is repeated until its response is as expected
 * @param expectation what its response has to be
 * @param captures what later steps take from its response
 */
public record Step(
        int number, String user, Request request, Polling polling, Expectation expectation, List<Capture> captures) {

    /** The user of a scenario that speaks of none. */
    public static final String ONLY_USER = "user";

    public Step {
        captures = List.copyOf(captures);
    }

    /** The method and the path as it was written: {@code POST /photos/{{id}}}. */
    public String title() {
        String target = request.target().toString();
        return request.method() + " " + target.replaceFirst("^\\{\\{[ \t]*" + Variables.BASE_URL + "[ \t]*}}(?=/)", "");
    }

    public Step withRequest(Request changed) {
        return new Step(number, user, changed, polling, expectation, captures);
    }

    public Step withPolling(Polling changed) {
        return new Step(number, user, request, changed, expectation, captures);
    }

    public Step withCaptures(List<Capture> changed) {
        return new Step(number, user, request, polling, expectation, changed);
    }
}
