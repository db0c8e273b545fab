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
    MEMCACHED,
    S3;

    /** The names of all the variables that a process needs to find and use it. */
    public List<String> variables() {
        return switch (this) {
            case POSTGRESQL -> List.of("DATABASE_URL");
            case REDIS -> List.of("REDIS_URL");
            case MEMCACHED -> List.of("MEMCACHED_URL");
            case S3 ->
                List.of("AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "S3_BUCKET");
        };
    }

    /**
     * Whether an environment says where one is, so that none is to be started. A blank value says nothing, and credentials
     * or a region alone don't either: many have those of Amazon in their shell for something else.
     */
    public boolean isAttachedBy(Map<String, String> environment) {
        List<String> places =
                switch (this) {
                    case POSTGRESQL, REDIS, MEMCACHED -> variables();
                    case S3 -> List.of("AWS_ENDPOINT_URL_S3", "S3_BUCKET");
                };
        return places.stream()
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
            case "s3" -> Optional.of(S3);
            default -> Optional.empty();
        };
    }

    static List<String> labels() {
        return Stream.of(values()).map(ServiceKind::label).toList();
    }
}
