package dev.coatcheck.postgres;

import dev.coatcheck.state.BackingServiceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import javax.sql.DataSource;

/** What the adapters talk to: a pool, whose schema is made before it is first used, and whose failures are named. */
final class Database {
    /** Longer than anything lives, and far from where the arithmetic of timestamps ends. */
    private static final Duration LONGEST = Duration.ofDays(366L * 10_000);

    private final DataSource pool;
    private final String resource;
    private final Schema schema = new Schema();

    Database(DataSource pool, String resource) {
        this.pool = pool;
        this.resource = resource;
    }

    /** The resource, without credentials. */
    String resource() {
        return resource;
    }

    /** What is done with a connection. Each statement commits by itself unless the work says otherwise. */
    @FunctionalInterface
    interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    /**
     * Does something on a connection of the pool, on the schema that it needs.
     *
     * @param attempt what is tried, as a verb phrase, for the exception
     */
    <T> T ask(String attempt, Work<T> work) {
        migrate();
        return askAsItIs(attempt, work);
    }

    /** Makes the schema, where this process has not yet seen that it is there. */
    void migrate() {
        if (schema.isKnown()) {
            return;
        }
        askAsItIs("migrate the schema \"coatcheck\"", connection -> {
            schema.migrate(connection);
            return true;
        });
    }

    /**
     * As {@link #migrate()}, for somebody who has a connection. Others may wait for one with theirs in hand, so that to
     * take another for no need could starve them all.
     */
    void migrate(Connection callers) throws SQLException {
        if (!schema.isKnown() && !schema.find(callers)) {
            migrate();
        }
    }

    /** As {@link #ask}, whatever the schema. */
    <T> T askAsItIs(String attempt, Work<T> work) {
        try (var connection = pool.getConnection()) {
            return work.with(connection);
        } catch (SQLException e) {
            if (e.getCause() instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new BackingServiceException(resource, attempt, reason(e));
        }
    }

    /** Of a pool that could not connect, what the driver said; otherwise the exception itself. */
    private static SQLException reason(SQLException e) {
        return e instanceof SQLTransientConnectionException && e.getCause() instanceof SQLException said ? said : e;
    }

    static long millis(Duration duration) {
        return shortened(duration).toMillis();
    }

    static long micros(Duration duration) {
        var shortened = shortened(duration);
        return shortened.toSeconds() * 1_000_000 + shortened.toNanosPart() / 1_000;
    }

    private static Duration shortened(Duration duration) {
        return duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    }
}
