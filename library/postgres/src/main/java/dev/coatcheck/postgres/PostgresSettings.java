package dev.coatcheck.postgres;

import java.time.Duration;

/**
 * How a process uses its database.
 *
 * @param poolSize how many connections it has at the most; one more listens for jobs where a worker waits, one more
 *     for leases where somebody waits, one for caches, one for flags, and one for channels. 10 by default: the sum over all processes stays below the server's {@code max_connections}
 * @param connectTimeout how long it waits for a connection, from the pool or from the network; 5 seconds by default
 * @param statementTimeout how long a statement may take on the server; a server that says nothing for two seconds more is
 *     given up, and a transaction that is left idle for three times as long is ended. 10 seconds by default. For the
 *     application's own statements on {@link Postgres#dataSource()} too: what takes longer, such as a migration of
 *     large tables, uses a connection of its own
 * @param deadJobsKept how long a job that is dead is kept for somebody to replay or cancel; the shortest time that any
 *     process has is what counts. From a second to ten years; 30 days by default
 * @param applicationName shown in {@code pg_stat_activity}, unless the URL says another; {@code coatcheck} by default
 */
public record PostgresSettings(
        int poolSize,
        Duration connectTimeout,
        Duration statementTimeout,
        Duration deadJobsKept,
        String applicationName) {
    private static final Duration SHORTEST = Duration.ofMillis(250);
    private static final PostgresSettings DEFAULTS =
            new PostgresSettings(10, Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofDays(30), "coatcheck");

    public PostgresSettings {
        if (poolSize < 1 || connectTimeout.compareTo(SHORTEST) < 0 || statementTimeout.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException(
                    "a pool has at least one connection and time-outs of at least 250 ms: %d connections, connect %s, statement %s"
                            .formatted(poolSize, connectTimeout, statementTimeout));
        }
        if (deadJobsKept.compareTo(Duration.ofSeconds(1)) < 0 || deadJobsKept.compareTo(Duration.ofDays(3_650)) > 0) {
            throw new IllegalArgumentException("dead jobs are kept for a second to 3650 days, not for " + deadJobsKept);
        }
    }

    public static PostgresSettings defaults() {
        return DEFAULTS;
    }

    public PostgresSettings withPoolSize(int poolSize) {
        return new PostgresSettings(poolSize, connectTimeout, statementTimeout, deadJobsKept, applicationName);
    }

    public PostgresSettings withConnectTimeout(Duration connectTimeout) {
        return new PostgresSettings(poolSize, connectTimeout, statementTimeout, deadJobsKept, applicationName);
    }

    public PostgresSettings withStatementTimeout(Duration statementTimeout) {
        return new PostgresSettings(poolSize, connectTimeout, statementTimeout, deadJobsKept, applicationName);
    }

    public PostgresSettings withDeadJobsKept(Duration deadJobsKept) {
        return new PostgresSettings(poolSize, connectTimeout, statementTimeout, deadJobsKept, applicationName);
    }

    public PostgresSettings withApplicationName(String applicationName) {
        return new PostgresSettings(poolSize, connectTimeout, statementTimeout, deadJobsKept, applicationName);
    }
}
