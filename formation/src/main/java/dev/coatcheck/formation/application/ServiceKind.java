package dev.coatcheck.formation.application;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The backing services that can be started here, and the variable that tells a process where its one is. */
public enum ServiceKind {
    POSTGRESQL("DATABASE_URL"),
    REDIS("REDIS_URL");

    private final String variable;

    ServiceKind(String variable) {
        this.variable = variable;
    }

    /** The variable that holds its URL. */
    public String variable() {
        return variable;
    }

    /** What people call it: {@code postgresql}, {@code redis}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** By its name, or by the name of Heroku's addon for it, without the plan. */
    static Optional<ServiceKind> named(String name) {
        return switch (name) {
            case "postgresql", "postgres", "heroku-postgresql" -> Optional.of(POSTGRESQL);
            case "redis", "heroku-redis" -> Optional.of(REDIS);
            default -> Optional.empty();
        };
    }

    static List<String> labels() {
        return Stream.of(values()).map(ServiceKind::label).toList();
    }
}
