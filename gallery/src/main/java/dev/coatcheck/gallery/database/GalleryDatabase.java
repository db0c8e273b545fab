package dev.coatcheck.gallery.database;

import dev.coatcheck.state.BackingServiceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Runs statements on the gallery's own tables, and tells a database that is away from a statement that is wrong. */
public final class GalleryDatabase {
    private final DataSource pool;

    public GalleryDatabase(DataSource pool) {
        this.pool = pool;
    }

    /** What is done with a connection. */
    @FunctionalInterface
    public interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    /** Brings the tables up to date. Several processes may do so at the same time. */
    public void migrate() {
        Flyway.configure().dataSource(pool).load().migrate();
    }

    /**
     * Does something with a connection, where each statement commits by itself.
     *
     * @param attempt what is tried, as a verb phrase: {@code "find an account"}
     * @throws BackingServiceException where the database cannot be reached or has no room
     */
    public <T> T ask(String attempt, Work<T> work) {
        try (var connection = pool.getConnection()) {
            return work.with(connection);
        } catch (SQLException e) {
            throw failure(attempt, e);
        }
    }

    /** Does something in one transaction: all of it, or nothing where it throws. */
    public <T> T inTransaction(String attempt, Work<T> work) {
        return ask(attempt, connection -> {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                var result = work.with(connection);
                connection.commit();
                done = true;
                return result;
            } finally {
                if (!done) {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
            }
        });
    }

    private static RuntimeException failure(String attempt, SQLException e) {
        var state = e.getSQLState() == null ? "" : e.getSQLState();
        // Connections, resources, the operator's intervention, the server's own trouble: not the statement's fault.
        boolean away = e instanceof SQLTransientException
                || state.startsWith("08")
                || state.startsWith("53")
                || state.startsWith("57")
                || state.startsWith("58");
        return away
                ? new BackingServiceException("PostgreSQL", attempt, e)
                : new IllegalStateException("could not " + attempt, e);
    }
}
