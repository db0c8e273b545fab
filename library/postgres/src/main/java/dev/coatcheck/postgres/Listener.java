package dev.coatcheck.postgres;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Hears from the server, on a connection of its own, what is notified on a few channels. Waiting costs no statement, but for
 * one each half minute that notices a connection which died in silence.
 *
 * <p>Without the connection nobody is told, and whoever waits finds out when it looks by itself. Whenever it is there
 * again, everybody is told to look, since meanwhile anything may have been missed.
 */
final class Listener implements AutoCloseable {
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration END_LIMIT = Duration.ofSeconds(1);
    private static final System.Logger LOG = System.getLogger(Listener.class.getName());

    private final DataSource driver;
    private final String resource;
    private final List<String> channels;
    private final Heard heard;
    private final Thread thread =
            Thread.ofVirtual().name("coatcheck-postgres-listen").unstarted(this::listenUntilClosed);
    private @Nullable Connection connection;
    private boolean started;
    private volatile boolean closed;

    /** Who is told; quickly, since the next one waits. */
    interface Heard {
        /** What was said on the channels. */
        void heard(List<String> messages);

        /** Something may have been missed. */
        void mayHaveMissed();
    }

    /**
     * @param driver makes connections, outside the pool
     * @param channels all listened to at once; the first stands for all in the log
     */
    Listener(DataSource driver, String resource, List<String> channels, Heard heard) {
        this.driver = driver;
        this.resource = resource;
        this.channels = List.copyOf(channels);
        this.heard = heard;
    }

    /** Begins to listen, if nobody has. */
    synchronized void start() {
        if (!started && !closed) {
            started = true;
            thread.start();
        }
    }

    @Override
    public void close() {
        boolean running;
        synchronized (this) {
            closed = true;
            running = started;
            if (connection != null) {
                abort(connection);
            }
        }
        LockSupport.unpark(thread);
        try {
            if (running) {
                thread.join(END_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void listenUntilClosed() {
        var pause = FIRST_PAUSE;
        while (!closed) {
            long begun = System.nanoTime();
            try (var fresh = driver.getConnection()) {
                if (use(fresh)) {
                    listen(fresh);
                }
            } catch (SQLException | RuntimeException e) {
                if (closed) {
                    return;
                }
                LOG.log(WARNING, "not told of {0} by {1} for now: {2}", channels.get(0), resource, e.getMessage());
            }
            boolean lasted = System.nanoTime() - begun > SILENCE.toNanos();
            pause = lasted ? FIRST_PAUSE : min(pause.multipliedBy(2), LONGEST_PAUSE);
            LockSupport.parkNanos(
                    (long) (pause.toNanos() * ThreadLocalRandom.current().nextDouble(0.5, 1)));
        }
    }

    private synchronized boolean use(Connection fresh) {
        connection = fresh;
        return !closed;
    }

    private void listen(Connection fresh) throws SQLException {
        execute(fresh, "listen " + String.join("; listen ", channels));
        LOG.log(DEBUG, "listening for {0} at {1}", channels.get(0), resource);
        heard.mayHaveMissed();
        var server = fresh.unwrap(PGConnection.class);
        while (!closed) {
            var notifications = server.getNotifications((int) SILENCE.toMillis());
            if (notifications == null || notifications.length == 0) {
                execute(fresh, "select 1");
            } else {
                heard.heard(Arrays.stream(notifications)
                        .map(PGNotification::getParameter)
                        .toList());
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Not an orderly close, which would wait for the thread that listens. */
    private void abort(Connection listening) {
        try {
            listening.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.log(DEBUG, "the listening connection was closed already", e);
        }
    }

    private static Duration min(Duration left, Duration right) {
        return left.compareTo(right) < 0 ? left : right;
    }
}
