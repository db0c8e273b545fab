package dev.coatcheck.postgres;

import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.service.SharedServers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Empty databases on the shared server, and what is attached to them, for the length of a test. */
final class Databases implements AfterEachCallback {
    private static String emptied = "";

    private final List<Postgres> attached = new ArrayList<>();
    private String url = "";

    /** Attaches a new database; the one that is meant from then on. */
    Postgres fresh() {
        url = SharedServers.freshPostgresUrl();
        return attach(PostgresSettings.defaults());
    }

    /** Attaches a database that was used before and is empty again, which takes less time than a new one. */
    Postgres empty() {
        synchronized (Databases.class) {
            if (emptied.isEmpty()) {
                emptied = SharedServers.freshPostgresUrl();
            }
            url = emptied;
        }
        var postgres = attach(PostgresSettings.defaults());
        postgres.migrate();
        update(
                postgres,
                "truncate coatcheck.sessions, coatcheck.blobs, coatcheck.blob_versions, coatcheck.blob_chunks,"
                        + " coatcheck.uploads, coatcheck.jobs,"
                        + " coatcheck.job_group_limits, coatcheck.job_group_rates, coatcheck.job_schedules, coatcheck.job_outbox,"
                        + " coatcheck.job_batches,"
                        + " coatcheck.leases, coatcheck.idempotency, coatcheck.cache_entries, coatcheck.cache_loads,"
                        + " coatcheck.cache_tags, coatcheck.limits, coatcheck.limit_refunds,"
                        + " coatcheck.flags, coatcheck.flags_version,"
                        + " coatcheck.channel_topics, coatcheck.channel_messages, coatcheck.channel_processes,"
                        + " coatcheck.channel_present");
        return postgres;
    }

    /** Attaches the same database once more. */
    Postgres attach(PostgresSettings settings) {
        var postgres = Postgres.attach(url(), settings);
        attached.add(postgres);
        return postgres;
    }

    /** What was attached last. */
    Postgres last() {
        return attached.get(attached.size() - 1);
    }

    String url() {
        if (url.isEmpty()) {
            url = SharedServers.freshPostgresUrl();
        }
        return url;
    }

    /** The first column of what a statement answers, each value as text. */
    List<String> query(String sql) {
        return query(last(), sql);
    }

    static List<String> query(Postgres postgres, String sql) {
        try (var connection = postgres.dataSource().getConnection();
                var statement = connection.prepareStatement(sql)) {
            return Rows.all(statement, row -> String.valueOf(row.getString(1)));
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    static int update(Postgres postgres, String sql) {
        try (var connection = postgres.dataSource().getConnection();
                var statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Until who waits for jobs is told of them: the word that some may have been missed has come by then. */
    static void awaitListening(Postgres postgres) {
        var queue = Set.of("listening");
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            postgres.jobs().claim(queue, 1, Duration.ofMinutes(1));
            query(postgres, "select pg_notify('coatcheck_jobs', 'listening')");
            long begun = System.nanoTime();
            postgres.jobs().awaitWork(queue, Duration.ofSeconds(2));
            return System.nanoTime() - begun < Duration.ofSeconds(1).toNanos();
        });
    }

    @Override
    public void afterEach(ExtensionContext context) {
        attached.forEach(Postgres::close);
        attached.clear();
        url = "";
    }
}
