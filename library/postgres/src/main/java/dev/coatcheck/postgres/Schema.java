package dev.coatcheck.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * The adapter's tables, in the schema {@code coatcheck} of the attached database: versioned SQL, applied once, by
 * whichever process is first.
 *
 * <p>Two releases of an application share the database during every deploy. A file that was released is never changed; a
 * new one only adds, or names in {@link Migration#readableFrom} the oldest version whose processes can live with it. A
 * process that finds a schema newer than its own goes on if it is named as one of those, and refuses otherwise.
 *
 * <p>One role applies them all, since a migration may replace a function that an earlier one made (as
 * {@code 009-cache-in-bulk.sql} does), which PostgreSQL allows its owner alone. Whoever may act as that role, as its members
 * may, does while it migrates, so that what it makes belongs to that role as well.
 */
final class Schema {
    /**
     * One file of SQL.
     *
     * @param version counts from 1, without gaps
     * @param readableFrom the oldest version whose processes can use the schema after this migration
     */
    record Migration(int version, String file, int readableFrom) {}

    static final List<Migration> MIGRATIONS = List.of(
            new Migration(1, "001-sessions.sql", 1),
            new Migration(2, "002-blobs.sql", 1),
            new Migration(3, "003-jobs.sql", 1),
            new Migration(4, "004-leases.sql", 1),
            new Migration(5, "005-idempotency.sql", 1),
            new Migration(6, "006-cache.sql", 1),
            new Migration(7, "007-limits.sql", 1),
            new Migration(8, "008-flags.sql", 1),
            new Migration(9, "009-cache-in-bulk.sql", 1),
            new Migration(10, "010-jobs-in-groups.sql", 1),
            new Migration(11, "011-job-control.sql", 1),
            new Migration(12, "012-job-schedules.sql", 1),
            new Migration(13, "013-channels.sql", 1),
            new Migration(14, "014-channels-in-bounds.sql", 1),
            new Migration(15, "015-job-outbox.sql", 1),
            new Migration(16, "016-job-batches.sql", 1),
            new Migration(17, "017-job-rounds.sql", 1),
            new Migration(18, "018-uploads.sql", 1),
            new Migration(19, "019-job-group-floors.sql", 1));

    /** Any number that nobody else takes: "coatchk" in ASCII. */
    private static final long LOCK = 0x636F617463686B00L;

    /** The state of SQL of "insufficient privilege". */
    private static final String NOT_PERMITTED = "42501";

    /** The state of SQL of "lock not available". */
    private static final String LOCKED = "55P03";

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Who asks for a table's lock stands before all who come later, so that they all wait, however little they ask for. */
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(2);

    private static final Duration LOCK_PAUSE = Duration.ofSeconds(1);
    private static final int ATTEMPTS = 15;

    private static final System.Logger LOG = System.getLogger(Schema.class.getName());

    private final List<Migration> migrations;
    private final int attempts;
    private volatile boolean known;

    Schema() {
        this(MIGRATIONS, ATTEMPTS);
    }

    Schema(List<Migration> migrations) {
        this(migrations, ATTEMPTS);
    }

    /** @param attempts how often it tries to get the locks that it needs */
    Schema(List<Migration> migrations, int attempts) {
        this.migrations = migrations;
        this.attempts = attempts;
    }

    /** Whether this process has seen that the schema is there. */
    boolean isKnown() {
        return known;
    }

    /** Looks whether nothing is missing, and changes nothing. Two round trips. */
    boolean find(Connection connection) throws SQLException {
        if (appliedVersion(connection) < latest()) {
            return false;
        }
        known = true;
        return true;
    }

    /**
     * Applies what is missing. Two round trips where nothing is.
     *
     * @param connection of the pool
     */
    void migrate(Connection connection) throws SQLException {
        if (!find(connection)) {
            applyMissing(connection);
            known = true;
        }
    }

    private int latest() {
        return migrations.get(migrations.size() - 1).version();
    }

    private int appliedVersion(Connection connection) throws SQLException {
        if (!exists(connection)) {
            return 0;
        }
        try (var statement = connection.createStatement();
                var found = statement.executeQuery(
                        "select coalesce(max(version), 0), coalesce(max(readable_from), 0) from coatcheck.migrations")) {
            found.next();
            if (found.getInt(2) > latest()) {
                throw new IllegalStateException(
                        ("the schema \"coatcheck\" of the database is of version %d and can be used by coatcheck-postgres"
                                        + " with schema version %d or later; this one has %d: release a newer one")
                                .formatted(found.getInt(1), found.getInt(2), latest()));
            }
            return found.getInt(1);
        }
    }

    private static boolean exists(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var found = statement.executeQuery("select to_regclass('coatcheck.migrations') is not null,"
                        + " current_setting('server_encoding')")) {
            found.next();
            if (!found.getString(2).equals("UTF8")) {
                throw new IllegalStateException("the database is encoded in " + found.getString(2)
                        + ", which cannot hold every text: create it with ENCODING 'UTF8'");
            }
            return found.getBoolean(1);
        }
    }

    /** On a connection of the pool, which undoes what is set here, and rolls back what was not committed. */
    private void applyMissing(Connection connection) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, (int) LIMIT.toMillis());
        connection.setAutoCommit(false);
        for (int left = attempts; ; left--) {
            try {
                applyAtOnce(connection);
                return;
            } catch (SQLException e) {
                if (!LOCKED.equals(e.getSQLState())) {
                    throw e;
                }
                connection.rollback();
                if (left <= 1 || !pause()) {
                    throw new SQLException(
                            "another transaction held a table of the schema \"coatcheck\" at each of %d attempts: end the"
                                            .formatted(attempts - left + 1)
                                    + " longest of those that pg_stat_activity lists, and start again ("
                                    + e.getMessage()
                                    + ")",
                            LOCKED,
                            e);
                }
            }
        }
    }

    /** @return whether nobody interrupts */
    private static boolean pause() {
        try {
            Thread.sleep(LOCK_PAUSE);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void applyAtOnce(Connection connection) throws SQLException {
        execute(connection, "set local statement_timeout = " + LIMIT.toMillis());
        execute(connection, "select pg_advisory_xact_lock(" + LOCK + ")");
        actAsOwner(connection);
        execute(connection, "set local lock_timeout = " + LOCK_LIMIT.toMillis());
        begin(connection);
        int applied = appliedVersion(connection);
        for (var migration : migrations) {
            if (migration.version() > applied) {
                apply(connection, migration);
            }
        }
        connection.commit();
    }

    /** Until the end of the transaction, the role that made what is there; where that is not allowed, as who connected. */
    private static void actAsOwner(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var found = statement.executeQuery("""
                        with owner (schema, id) as (
                            select n.oid, coalesce(
                                    (select c.relowner from pg_class c where c.oid = to_regclass('coatcheck.migrations')),
                                    n.nspowner)
                                from pg_namespace n where n.nspname = 'coatcheck')
                        select quote_ident(pg_get_userbyid(id)) from owner
                            where pg_has_role(id, case when current_setting('server_version_num')::int >= 160000
                                    then 'SET' else 'MEMBER' end)
                                and has_schema_privilege(id, schema, 'CREATE')
                        """)) {
            if (found.next()) {
                execute(connection, "set local role " + found.getString(1));
            }
        }
    }

    /** Makes the schema and the list of migrations. Asks first: "if not exists" demands the right to create all the same. */
    private static void begin(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var found = statement.executeQuery("select to_regnamespace('coatcheck') is not null")) {
            found.next();
            if (!found.getBoolean(1)) {
                execute(connection, "create schema coatcheck");
            }
        }
        executeIfPermitted(
                connection,
                "make the table coatcheck.migrations",
                "create table if not exists coatcheck.migrations (version int primary key, file text not null,"
                        + " readable_from int not null, applied_at timestamptz not null default clock_timestamp())");
    }

    private static void apply(Connection connection, Migration migration) throws SQLException {
        executeIfPermitted(connection, "apply " + migration.file(), read(migration.file()));
        try (var insert = connection.prepareStatement(
                "insert into coatcheck.migrations (version, file, readable_from) values (?, ?, ?)")) {
            insert.setInt(1, migration.version());
            insert.setString(2, migration.file());
            insert.setInt(3, migration.readableFrom());
            insert.executeUpdate();
        }
        LOG.log(System.Logger.Level.INFO, "applied {0} to the schema \"coatcheck\"", migration.file());
    }

    /** @param attempt what is done, for the exception of a role that may not */
    private static void executeIfPermitted(Connection connection, String attempt, String sql) throws SQLException {
        try {
            execute(connection, sql);
        } catch (SQLException e) {
            throw NOT_PERMITTED.equals(e.getSQLState()) ? notPermitted(connection, attempt, e) : e;
        }
    }

    /** The same failure with the names of who tried, and of who may. */
    private static SQLException notPermitted(Connection connection, String attempt, SQLException e)
            throws SQLException {
        connection.rollback();
        try (var statement = connection.createStatement();
                var found = statement.executeQuery("""
                        select current_user, string_agg(distinct quote_ident(pg_get_userbyid(p.proowner)), ', ')
                            from pg_proc p
                            where p.pronamespace = to_regnamespace('coatcheck')
                                and not pg_has_role(p.proowner, 'USAGE')
                        """)) {
            found.next();
            var owners = found.getString(2);
            return new SQLException(
                    "the role \"%s\" may not %s: %s. %s"
                            .formatted(
                                    found.getString(1),
                                    attempt,
                                    e.getMessage(),
                                    owners == null
                                            ? "Grant it the right to create in the schema"
                                            : "Migrate as the role that made the schema (functions there belong to "
                                                    + owners + "), or as a member of it"),
                    e.getSQLState(),
                    e);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String read(String file) {
        try (var content = Schema.class.getResourceAsStream("schema/" + file)) {
            if (content == null) {
                throw new IllegalStateException("the jar has no " + file);
            }
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
