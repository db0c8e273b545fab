package dev.coatcheck.prove.report;

/**
 * A step, as reports name it.
 *
 * @param scenario the scenario's name
 * @param step its number, counted from 1
 * @param request as {@code POST /login}
 */
public record StepRef(String scenario, int step, String request) {
    public StepRef {
        request = Hidden.in(request);
    }
}
