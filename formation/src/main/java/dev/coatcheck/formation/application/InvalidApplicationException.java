package dev.coatcheck.formation.application;

import java.util.List;
import java.util.stream.Collectors;

/** The application cannot be run as it is described. Thrown before anything was started, with every problem found. */
public final class InvalidApplicationException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient List<Problem> problems;

    InvalidApplicationException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
