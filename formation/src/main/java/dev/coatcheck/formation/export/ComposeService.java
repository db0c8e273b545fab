package dev.coatcheck.formation.export;

import dev.coatcheck.formation.application.ServiceKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A backing service as a container.
 *
 * @param variables what tells a process where it is
 * @param password the variable in {@code .env} that holds its password, where it has one
 * @param volume that keeps its data, where it keeps any
 */
record ComposeService(
        String name,
        Yaml container,
        Map<String, String> variables,
        Optional<String> password,
        Optional<String> volume) {

    /** Empty for what is attached by hand: there is no S3-speaking image that makes its bucket by itself. */
    static Optional<ComposeService> of(ServiceKind kind, String name) {
        return switch (kind) {
            case POSTGRESQL -> Optional.of(postgresql(name));
            case REDIS -> Optional.of(redis(name));
            case MEMCACHED -> Optional.of(memcached(name));
            case S3 -> Optional.empty();
        };
    }

    /** A value that {@code docker compose} takes from the shell or from {@code .env}, and does not start without. */
    static String fromDotEnv(String variable) {
        return "${" + variable + ":?set it in .env}";
    }

    private static ComposeService postgresql(String name) {
        String password = "POSTGRES_PASSWORD";
        Yaml container = kept(
                        name,
                        new Yaml()
                                .put("image", "postgres:18-alpine")
                                .put(
                                        "environment",
                                        new Yaml()
                                                .put("POSTGRES_USER", "app")
                                                .put("POSTGRES_PASSWORD", fromDotEnv(password))
                                                .put("POSTGRES_DB", "app")),
                        "/var/lib/postgresql")
                .put("healthcheck", healthCheck("CMD", "pg_isready", "-h", "127.0.0.1", "-U", "app", "-d", "app"))
                .comment("It finishes what it writes.")
                .put("stop_grace_period", "60s");
        return new ComposeService(
                name,
                container,
                Map.of(
                        url(ServiceKind.POSTGRESQL),
                        "postgresql://app:" + fromDotEnv(password) + "@" + name + ":5432/app"),
                Optional.of(password),
                Optional.of(name));
    }

    private static ComposeService redis(String name) {
        Yaml container = kept(
                        name,
                        new Yaml()
                                .put("image", "redis:7.4-alpine")
                                .comment("Every second to the disk, as under 'coatcheck up'.")
                                .items("command", "redis-server", "--appendonly", "yes"),
                        "/data")
                .put("healthcheck", healthCheck("CMD", "redis-cli", "ping"));
        return new ComposeService(
                name,
                container,
                Map.of(url(ServiceKind.REDIS), "redis://" + name + ":6379"),
                Optional.empty(),
                Optional.of(name));
    }

    private static ComposeService memcached(String name) {
        Yaml container = new Yaml()
                .put("image", "memcached:1.6-alpine")
                .put("restart", "unless-stopped")
                .put("healthcheck", healthCheck("CMD", "nc", "-z", "127.0.0.1", "11211"));
        return new ComposeService(
                name,
                container,
                Map.of(url(ServiceKind.MEMCACHED), "memcached://" + name + ":11211"),
                Optional.empty(),
                Optional.empty());
    }

    private static String url(ServiceKind kind) {
        return kind.variables().getFirst();
    }

    private static Yaml kept(String name, Yaml container, String folder) {
        return container.lines("volumes", List.of(name + ":" + folder)).put("restart", "unless-stopped");
    }

    private static Yaml healthCheck(String... test) {
        return new Yaml()
                .items("test", test)
                .put("interval", "2s")
                .put("timeout", "5s")
                .put("retries", 30);
    }
}
