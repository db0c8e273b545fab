package dev.coatcheck.formation.application;

import dev.coatcheck.host.service.BackingServer;
import dev.coatcheck.host.service.MemcachedServer;
import dev.coatcheck.host.service.PostgresServer;
import dev.coatcheck.host.service.RedisServer;
import dev.coatcheck.host.service.S3Server;
import dev.coatcheck.host.service.ServerSettings;
import java.util.LinkedHashMap;
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

    /** Starts one with its data in a folder of its own, and waits until it answers. */
    public BackingServer start(ServerSettings settings) {
        return switch (this) {
            case POSTGRESQL -> PostgresServer.start(settings);
            case REDIS -> RedisServer.start(settings);
            case MEMCACHED -> MemcachedServer.start(settings);
            case S3 -> S3Server.start(settings);
        };
    }

    /**
     * What tells a process where a server is, in an order for people, credentials included: a value for each of the
     * {@linkplain #variables() variables} of its kind.
     */
    public static Map<String, String> variables(BackingServer server) {
        return switch (server) {
            case PostgresServer postgres -> Map.of("DATABASE_URL", postgres.url());
            case RedisServer redis -> Map.of("REDIS_URL", redis.url());
            case MemcachedServer memcached -> Map.of("MEMCACHED_URL", memcached.url());
            case S3Server s3 -> variables(s3);
        };
    }

    private static Map<String, String> variables(S3Server s3) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("AWS_ENDPOINT_URL_S3", s3.url());
        variables.put("AWS_ACCESS_KEY_ID", s3.accessKeyId());
        variables.put("AWS_SECRET_ACCESS_KEY", s3.secretAccessKey());
        // One that a shell holds for an account at Amazon would be sent along with our key.
        variables.put("AWS_SESSION_TOKEN", "");
        variables.put("AWS_REGION", s3.region());
        variables.put("S3_BUCKET", s3.bucket());
        return variables;
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
