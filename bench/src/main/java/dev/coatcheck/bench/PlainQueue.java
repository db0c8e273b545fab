package dev.coatcheck.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * The queue that people write: each worker locks a row with {@code SKIP LOCKED}, does its job and deletes it, in one
 * transaction for each job, on a connection of its own.
 */
final class PlainQueue implements BenchedQueue {
    private static final String TAKE = "select id from plain_queue order by id for update skip locked limit 1";

    private final String jdbcUrl;
    private final List<Connection> connections = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    PlainQueue(String jdbcUrl, int workers) throws SQLException {
        this.jdbcUrl = jdbcUrl;
        for (int i = 0; i <= workers; i++) {
            connections.add(connect());
        }
        try (var statement = connections.getFirst().createStatement()) {
            statement.execute("""
                    create table plain_queue (id bigserial primary key, payload text not null) with (
                        autovacuum_vacuum_threshold = 500,
                        autovacuum_vacuum_scale_factor = 0.02,
                        autovacuum_vacuum_cost_delay = 0)
                    """);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl);
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public String table() {
        return "plain_queue";
    }

    @Override
    public void enqueue() {
        try (var insert = connections
                .getFirst()
                .prepareStatement("insert into plain_queue (payload) select '1' from generate_series(1, ?)")) {
            insert.setInt(1, BATCH);
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void start(LongAdder done) {
        for (var connection : connections.subList(1, connections.size())) {
            threads.add(Thread.ofPlatform().name("plain-worker").daemon().start(() -> work(connection, done)));
        }
    }

    private void work(Connection connection, LongAdder done) {
        try (var take = connection.prepareStatement(TAKE);
                var delete = connection.prepareStatement("delete from plain_queue where id = ?")) {
            connection.setAutoCommit(false);
            while (!closed) {
                boolean found = doOne(take, delete);
                connection.commit();
                if (found) {
                    done.increment();
                } else {
                    LockSupport.parkNanos(1_000_000);
                }
            }
        } catch (SQLException e) {
            if (!closed) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static boolean doOne(PreparedStatement take, PreparedStatement delete) throws SQLException {
        try (var row = take.executeQuery()) {
            if (!row.next()) {
                return false;
            }
            delete.setLong(1, row.getLong(1));
            delete.executeUpdate();
            return true;
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            for (var thread : threads) {
                thread.join();
            }
            for (var connection : connections) {
                connection.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
