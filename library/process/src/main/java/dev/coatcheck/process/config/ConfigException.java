package dev.coatcheck.process.config;

import java.util.List;

/** The environment does not hold what a record needs. Its message is the whole report, all problems at once. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    ConfigException(Class<? extends Record> type, List<Problem> problems) {
        super(report(type, problems));
        this.problems = List.copyOf(problems);
    }

    /** What was wrong, in the order of the record's components. */
    public List<Problem> problems() {
        return problems;
    }

    private static String report(Class<? extends Record> type, List<Problem> problems) {
        var report = new StringBuilder("The environment has ")
                .append(problems.size() == 1 ? "a problem" : problems.size() + " problems")
                .append(" for ")
                .append(type.getSimpleName())
                .append(":\n");
        for (var problem : problems) {
            report.append("\n  ").append(problem).append('\n');
            problem.help().forEach(line -> report.append("      ").append(line).append('\n'));
        }
        return report.toString();
    }
}
