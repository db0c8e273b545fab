package dev.coatcheck.cli.doctor;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;

/**
 * A backing service that a variable attaches.
 *
 * @param variable that attaches it
 * @param service as {@code postgresql}, or the scheme of its URL where it is one of those that are only connected to
 * @param url where it is, without its password
 * @param answer what came when it was asked
 */
public record Resource(
        String variable,
        String service,
        String url,
        @JsonUnwrapped Answer answer) {
    /** The worst of what was found. */
    @JsonProperty
    public State state() {
        return answer.findings().stream().map(Finding::state).reduce(State.OK, (a, b) -> a.compareTo(b) < 0 ? b : a);
    }

    /**
     * What a resource told of itself.
     *
     * @param version its own; empty where it tells none
     * @param findings the first one is whether it could be reached
     */
    public record Answer(String version, List<Finding> findings) {
        public Answer {
            findings = List.copyOf(findings);
        }

        static Answer unreachable(String detail, String remedy) {
            return new Answer(
                    "",
                    List.of(Finding.missing(
                            "reachable", "reachable", detail, "the application cannot start or work", remedy)));
        }
    }
}
