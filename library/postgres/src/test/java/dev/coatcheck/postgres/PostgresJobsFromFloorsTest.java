package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;
import static dev.coatcheck.postgres.Databases.update;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.jobs.Jobs;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/**
 * The whole contract beside a transaction that stays open, with so much that was removed that claims hand on floors. Which of
 * them begin there depends on how soon they follow; {@link JobFloorsTest} decides it.
 */
@Tag("long")
class PostgresJobsFromFloorsTest extends PostgresJobsTest {
    private final List<Connection> opened = new ArrayList<>();

    @Override
    public Jobs jobs() {
        return besideATransaction(super.jobs());
    }

    @Override
    public Jobs jobsThatKeepTheDead(Duration kept) {
        return besideATransaction(super.jobsThatKeepTheDead(kept));
    }

    private Jobs besideATransaction(Jobs jobs) {
        var postgres = databases.last();
        try {
            var open = postgres.dataSource().getConnection();
            opened.add(open);
            open.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            open.setAutoCommit(false);
            try (var statement = open.createStatement()) {
                statement.execute("select 1");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        update(postgres, """
                insert into coatcheck.jobs (id, queue, grp, priority, due_at, state, fence, attempts, max_attempts,
                        first_delay_ms, max_delay_ms, enqueued_at, run_at, payload)
                    select gen_random_uuid(), 'mail', (array['', 'ada', 'bob', 'big'])[1 + i % 4], 0,
                        now() - interval '1 day', 0, 0, 0, 1, 0, 0, now(), now(), ''
                    from generate_series(1, 12000) as i
                """);
        update(postgres, "delete from coatcheck.jobs");
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            query(postgres, "select pg_stat_force_next_flush()");
            return query(postgres, "select pg_stat_get_dead_tuples('coatcheck.jobs'::regclass) > 10000")
                    .equals(List.of("t"));
        });
        return jobs;
    }

    @AfterEach
    void endTheTransactions() throws SQLException {
        for (var open : opened) {
            open.rollback();
            open.close();
        }
    }
}
