package dev.coatcheck.prove.scenario;

import java.util.List;

/**
 * What a response has to be, in the words of the scenario.
 *
 * @param status what it says of the status
 * @param assertions what it says beyond
 */
public record Expectation(Status status, List<Assertion> assertions) {
    /** What a step that says nothing expects. */
    public static final Expectation SUCCESS = new Expectation(new Success(), List.of());

    /** What a step that opens a WebSocket and says nothing expects. */
    public static final Expectation SWITCHED = new Expectation(new Exactly(101), List.of());

    public Expectation {
        assertions = List.copyOf(assertions);
    }

    /** What a step that says nothing of its answer expects of its request. */
    public static Expectation ofRequest(Request request) {
        return request.isOfWebSocket() ? SWITCHED : SUCCESS;
    }

    /** Which statuses are as expected. */
    public sealed interface Status {
        boolean allows(int status);
    }

    /** The scenario does not say: 2xx and 3xx. */
    public record Success() implements Status {
        @Override
        public boolean allows(int status) {
            return status >= 200 && status < 400;
        }

        @Override
        public String toString() {
            return "2xx or 3xx";
        }
    }

    /** The scenario takes whatever comes. */
    public record Any() implements Status {
        @Override
        public boolean allows(int status) {
            return true;
        }

        @Override
        public String toString() {
            return "any";
        }
    }

    /** The scenario names it, even a refusal. */
    public record Exactly(int code) implements Status {
        @Override
        public boolean allows(int status) {
            return status == code;
        }

        @Override
        public String toString() {
            return Integer.toString(code);
        }
    }
}
