package dev.coatcheck.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Single connections, made when asked for, each with the login of that moment. One that the server refuses is tried again as
 * soon as there is another: the pool by itself would pause for longer each time.
 */
final class LoginDataSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1;

    /** How often it is asked whether there is another. */
    private static final Duration EVERY = Duration.ofMillis(250);

    /** Of the class "invalid authorization". */
    private static final String REFUSED = "28";

    private final transient @Nullable CurrentLogin login;
    private final transient Duration patience;

    /** @param patience how long after a refusal another login is waited for */
    LoginDataSource(CurrentLogin login, Duration patience) {
        this.login = login;
        this.patience = patience;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (login == null) {
            throw new SQLException("A source of connections that was serialized does not know as whom to log in");
        }
        long begun = System.nanoTime();
        var tried = login.now();
        while (true) {
            try {
                return getConnection(tried.user(), tried.password().orElse(null));
            } catch (SQLException failed) {
                var state = failed.getSQLState();
                if (state == null || !state.startsWith(REFUSED)) {
                    throw failed;
                }
                tried = another(login, tried, begun).orElseThrow(() -> failed);
            }
        }
    }

    private Optional<PostgresUrl> another(CurrentLogin current, PostgresUrl refused, long begun) {
        while (System.nanoTime() - begun < patience.toNanos()) {
            try {
                Thread.sleep(EVERY);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
            var now = current.now();
            if (!now.equals(refused)) {
                return Optional.of(now);
            }
        }
        return Optional.empty();
    }
}
