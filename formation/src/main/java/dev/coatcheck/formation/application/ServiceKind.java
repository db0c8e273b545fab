package dev.coatcheck.formation.application;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The backing services that can be started here, and the variables that tell a process where its one is. */
public enum ServiceKind {
    POSTGRESQL,
    REDIS,
    MEMCACHED;

    /** The names of all the variables that a process needs to find and use it. */
    public List<String> variables() {
        return switch (this) {
            case POSTGRESQL -> List.of("DATABASE_URL");
            case REDIS -> List.of("REDIS_URL");
            case MEMCACHED -> List.of("MEMCACHED_URL");
        };
    }

    /** Whether an environment says where one is, so that none is to be started. A blank value says nothing. */
    public boolean isAttachedBy(Map<String, String> environment) {
        return variables().stream()
                .anyMatch(name -> !environment.getOrDefault(name, "").isBlank());
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
            case "memcached" -> Optional.of(MEMCACHED);
            default -> Optional.empty();
        };
    }

    static List<String> labels() {
        return Stream.of(values()).map(ServiceKind::label).toList();
    }
}
