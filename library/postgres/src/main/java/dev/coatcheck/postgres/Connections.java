package dev.coatcheck.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/** How connections are made: the driver's settings and the pool's, so that no wait is without a limit. */
final class Connections {
    /** How much longer than a statement the network may be silent. */
    private static final Duration NETWORK_MARGIN = Duration.ofSeconds(2);

    /** What libpq, and so every other program, calls a parameter that the driver calls otherwise. */
    private static final Map<String, String> LIBPQ_NAMES = Map.of(
            "connect_timeout", "connectTimeout",
            "application_name", "ApplicationName",
            "channel_binding", "channelBinding",
            "gssencmode", "gssEncMode",
            "target_session_attrs", "targetServerType");

    private static final Map<String, String> LIBPQ_TARGETS = Map.of(
            "read-write", "primary",
            "read-only", "secondary",
            "standby", "secondary",
            "prefer-standby", "preferSecondary");

    private Connections() {}

    /** Single connections, made when asked for. */
    static PGSimpleDataSource driver(CurrentLogin login, PostgresSettings settings) {
        var url = login.last();
        var driver = new LoginDataSource(
                login,
                // Well within the time that somebody waits, who is then told of the refusal and not of a time-out.
                settings.connectTimeout().dividedBy(2));
        try {
            driver.setUrl(url.driverUrl());
            driver.setTcpKeepAlive(true);
            driver.setApplicationName(settings.applicationName());
            driver.setConnectTimeout(seconds(settings.connectTimeout()));
            driver.setLoginTimeout(seconds(settings.connectTimeout()));
            driver.setSocketTimeout(seconds(settings.statementTimeout().plus(NETWORK_MARGIN)));
            var parameters = new TreeMap<>(url.parameters());
            driver.setProperty(
                    PGProperty.OPTIONS,
                    serverOptions(settings) + " " + parameters.getOrDefault(PGProperty.OPTIONS.getName(), ""));
            parameters.remove(PGProperty.OPTIONS.getName());
            for (var parameter : parameters.entrySet()) {
                set(driver, parameter.getKey(), parameter.getValue());
            }
            return driver;
        } catch (SQLException e) {
            throw new IllegalArgumentException(
                    "the URL of " + url.resource() + " has a parameter with a wrong value", e);
        }
    }

    /** A pool of such connections. It connects when first asked to, so that a database may come up later than we do. */
    static HikariDataSource pool(PGSimpleDataSource driver, PostgresSettings settings) {
        var config = new HikariConfig();
        config.setDataSource(driver);
        config.setPoolName("coatcheck-postgres");
        config.setMaximumPoolSize(settings.poolSize());
        config.setMinimumIdle(1);
        config.setIdleTimeout(Duration.ofMinutes(1).toMillis());
        config.setConnectionTimeout(settings.connectTimeout().toMillis());
        config.setValidationTimeout(settings.connectTimeout().toMillis());
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    /**
     * The server's own limits. A transaction that its process has left idle, by a bug, holds locks and keeps vacuum from
     * every table: it is cut.
     */
    private static String serverOptions(PostgresSettings settings) {
        long millis = settings.statementTimeout().toMillis();
        return "-c statement_timeout=%d -c idle_in_transaction_session_timeout=%d".formatted(millis, 3 * millis);
    }

    private static void set(PGSimpleDataSource driver, String name, String value) throws SQLException {
        var known = PGProperty.forName(LIBPQ_NAMES.getOrDefault(name, name));
        if (known == null) {
            throw new IllegalArgumentException("the URL of the PostgreSQL database has a parameter \"" + name
                    + "\", which neither libpq nor the JDBC driver knows");
        }
        driver.setProperty(
                known, name.equals("target_session_attrs") ? LIBPQ_TARGETS.getOrDefault(value, value) : value);
    }

    private static int seconds(Duration duration) {
        return (int) Math.min((duration.toMillis() + 999) / 1000, Integer.MAX_VALUE);
    }
}
