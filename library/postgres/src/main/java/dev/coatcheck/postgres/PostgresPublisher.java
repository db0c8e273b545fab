package dev.coatcheck.postgres;

import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.Topic;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Publishes in the caller's own transaction: what is told of a change is told when the change is committed, and not
 * otherwise.
 *
 * <pre>{@code
 * try (var connection = postgres.dataSource().getConnection()) {
 *     connection.setAutoCommit(false);
 *     insertPhoto(connection, photo);
 *     publisher.publish(connection, Topic.of("album-7"), photo.toJson());
 *     connection.commit();
 * }
 * }</pre>
 *
 * <p>Until the transaction ends, everybody else who publishes to the same topic waits, as the order of messages is that in
 * which they are committed: so publish last, and keep it short. A transaction that publishes to several topics does so in
 * the order of their names, or two of them may wait for each other, which the server ends with an error. Thread-safe.
 */
public final class PostgresPublisher {
    private final Database database;
    private final Retention retention;

    PostgresPublisher(Database database, Retention retention) {
        this.database = database;
        this.retention = retention;
    }

    /**
     * Publishes a message, which is heard of when the transaction commits. One round trip.
     *
     * @return where it stands, if it commits
     * @throws SQLException from the caller's connection; the transaction must be rolled back then
     * @throws IllegalArgumentException where the payload is none that {@link Channels#publish} takes
     */
    public Position publish(Connection connection, Topic topic, String payload) throws SQLException {
        Channels.requirePayload(payload);
        database.migrate(connection);
        return PostgresChannelStore.publish(connection, topic, payload, retention);
    }
}
