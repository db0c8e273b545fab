package dev.coatcheck.cli.doctor;

import dev.coatcheck.cli.doctor.Resource.Answer;
import dev.coatcheck.formation.application.ResourceUrl;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/** Asks a PostgreSQL how it keeps what it is given, and whether it has connections for all: one query. */
final class PostgresProbe {
    /** What a pool has where nobody says otherwise: HikariCP, node-postgres. */
    private static final int USUAL_POOL = 10;

    private static final String QUERY = """
            SELECT current_setting('server_version') AS version,
                   current_setting('max_connections')::int
                       - current_setting('superuser_reserved_connections')::int AS connections,
                   (SELECT count(*) FROM pg_stat_activity
                     WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS used,
                   current_setting('fsync') AS fsync,
                   current_setting('synchronous_commit') AS synchronous_commit,
                   current_setting('transaction_read_only') AS read_only,
                   pg_is_in_recovery() AS standby,
                   (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS millis
            """;

    private PostgresProbe() {}

    /** @param processes how many the formation has */
    static Answer ask(ResourceUrl url, int processes, Duration limit) throws SQLException {
        try (Connection connection = connect(url, limit);
                Statement statement = connection.createStatement()) {
            Instant before = Instant.now();
            try (ResultSet row = statement.executeQuery(QUERY)) {
                Instant after = Instant.now();
                row.next();
                List<Finding> findings = new ArrayList<>();
                findings.add(Finding.ok("reachable", "reachable", "answers"));
                findings.add(connections(row.getInt("connections"), row.getInt("used"), processes));
                findings.add(durability(row.getString("fsync"), row.getString("synchronous_commit")));
                findings.add(role(row.getBoolean("standby"), row.getString("read_only")));
                Instant theirs = Instant.ofEpochMilli(row.getLong("millis"));
                findings.add(ClockDifference.of(before, theirs, after, Duration.ofMillis(1)));
                return new Answer(row.getString("version"), findings);
            }
        }
    }

    private static Connection connect(ResourceUrl url, Duration limit) throws SQLException {
        Properties properties = new Properties();
        // What libpq and the driver call alike; certificates, schemas, time-outs of the application's own are of no use
        // here.
        for (String parameter : url.query().split("&", -1)) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? "" : parameter.substring(0, equals).toLowerCase(Locale.ROOT);
            if (List.of("user", "password", "sslmode", "sslrootcert").contains(name)) {
                properties.setProperty(name, ResourceUrl.decoded(parameter.substring(equals + 1)));
            }
        }
        if (!url.user().isEmpty()) {
            properties.setProperty("user", url.user());
        }
        if (!url.password().isEmpty()) {
            properties.setProperty("password", url.password());
        }
        String seconds = Long.toString(Math.max(1, limit.toSeconds()));
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("socketTimeout", seconds);
        properties.setProperty("loginTimeout", seconds);
        properties.setProperty("ApplicationName", "coatcheck doctor");
        return DriverManager.getConnection(
                "jdbc:postgresql://" + url.place() + (url.path().isEmpty() ? "/" : url.path()), properties);
    }

    /** A roll runs one process more for a while. */
    private static Finding connections(int all, int used, int processes) {
        String id = "connections";
        int free = Math.max(0, all - used);
        int each = free / (processes + 1);
        String detail = used + " of " + all + " are taken; the " + processes
                + (processes == 1 ? " process" : " processes")
                + " of the formation, and one more during a roll, may have pools of at most " + each;
        return each >= USUAL_POOL
                ? Finding.ok(id, id, detail)
                : Finding.weaker(
                        id,
                        id,
                        detail,
                        "pools of " + USUAL_POOL + ", which is what most have by default, would be refused under load",
                        "make the pools smaller, raise max_connections, or put PgBouncer before it");
    }

    private static Finding durability(String fsync, String synchronousCommit) {
        String id = "persistence";
        String detail = "fsync " + fsync + ", synchronous_commit " + synchronousCommit;
        if (fsync.equals("off")) {
            return Finding.weaker(
                    id, id, detail, "a power cut may destroy the whole database", "set fsync = on, and restart it");
        }
        if (synchronousCommit.equals("off")) {
            return Finding.weaker(
                    id,
                    id,
                    detail,
                    "a crash of the server loses the last commits that it had confirmed",
                    "set synchronous_commit = on where that matters");
        }
        return Finding.ok(id, id, detail);
    }

    private static Finding role(boolean standby, String readOnly) {
        String id = "role";
        if (standby || readOnly.equals("on")) {
            return Finding.weaker(
                    id,
                    id,
                    standby ? "a standby, which is read-only" : "transactions are read-only",
                    "it refuses writes",
                    standby ? "attach its primary" : "see default_transaction_read_only, and the disk of the server");
        }
        return Finding.ok(id, id, "takes writes");
    }
}
