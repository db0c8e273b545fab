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

    static ComposeService of(ServiceKind kind, String name) {
        return switch (kind) {
            case POSTGRESQL -> postgresql(name);
            case REDIS -> redis(name);
            case MEMCACHED -> memcached(name);
            case S3 -> s3(name);
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
                Map.of("DATABASE_URL", "postgresql://app:" + fromDotEnv(password) + "@" + name + ":5432/app"),
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
                name, container, Map.of("REDIS_URL", "redis://" + name + ":6379"), Optional.empty(), Optional.of(name));
    }

    private static ComposeService memcached(String name) {
        Yaml container = new Yaml()
                .put("image", "memcached:1.6-alpine")
                .put("restart", "unless-stopped")
                .put("healthcheck", healthCheck("CMD", "nc", "-z", "127.0.0.1", "11211"));
        return new ComposeService(
                name,
                container,
                Map.of("MEMCACHED_URL", "memcached://" + name + ":11211"),
                Optional.empty(),
                Optional.empty());
    }

    private static ComposeService s3(String name) {
        String secret = "AWS_SECRET_ACCESS_KEY";
        Yaml container = kept(
                        name,
                        new Yaml()
                                .comment(
                                        "For development. Make the bucket once: aws s3 mb s3://app, with this endpoint and key.")
                                .put("image", "andrewgaul/s3proxy:latest")
                                .put(
                                        "environment",
                                        new Yaml()
                                                .put("S3PROXY_ENDPOINT", "http://0.0.0.0:80")
                                                .put("S3PROXY_AUTHORIZATION", "aws-v2-or-v4")
                                                .put("S3PROXY_IDENTITY", "app")
                                                .put("S3PROXY_CREDENTIAL", fromDotEnv(secret))
                                                .put("JCLOUDS_PROVIDER", "filesystem-nio2")
                                                .put("JCLOUDS_FILESYSTEM_BASEDIR", "/data")),
                        "/data")
                .put("healthcheck", healthCheck("CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/80"));
        return new ComposeService(
                name,
                container,
                Map.of(
                        "AWS_ENDPOINT_URL_S3",
                        "http://" + name,
                        "AWS_ACCESS_KEY_ID",
                        "app",
                        secret,
                        fromDotEnv(secret),
                        "AWS_REGION",
                        "us-east-1",
                        "S3_BUCKET",
                        "app"),
                Optional.of(secret),
                Optional.of(name));
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
