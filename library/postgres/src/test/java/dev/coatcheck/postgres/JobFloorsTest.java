package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;
import static dev.coatcheck.postgres.Databases.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What claims find beside a transaction that stays open, as if every look from the very beginning took a minute. */
class JobFloorsTest {
    private static final String INSERT = """
            insert into coatcheck.jobs (queue, grp, priority, due_at, payload, id, state, fence, attempts, max_attempts,
                    first_delay_ms, max_delay_ms, enqueued_at, run_at)
                select %s, gen_random_uuid(), 0, 0, 0, 1, 0, 0, now(), now()
                from generate_series(1, %s)
            """;

    private static final String A_MINUTE_LONG = "'{\"took_us\": 60000000}'::jsonb";

    @RegisterExtension
    final Databases databases = new Databases();

    private final Postgres postgres = databases.empty();

    /** What a claim hands to the next. */
    private String known = "{}";

    @FunctionalInterface
    private interface Work {
        void run() throws SQLException;
    }

    @Test
    void what_comes_in_before_the_floor_is_claimed_at_once_where_there_is_a_place_for_it() throws SQLException {
        besideAnOpenTransaction(() -> {
            enqueue("first", "now()");
            assertThat(claim(1)).containsExactly("first");

            enqueue("given back", "now() - interval '1 minute'");
            enqueue("of now", "now()");

            assertThat(claim(3)).containsExactlyInAnyOrder("of now", "given back");
        });
    }

    @Test
    void what_comes_in_before_the_floor_waits_two_seconds_at_the_most_while_every_place_is_taken() throws SQLException {
        besideAnOpenTransaction(() -> {
            for (int i = 1; i <= 3; i++) {
                enqueue("" + i, "now() - interval '%d seconds'".formatted(60 - i));
            }
            assertThat(claim(1)).containsExactly("1");
            enqueue("given back", "now() - interval '1 hour'");
            assertThat(claim(1)).containsExactly("2");

            known("jsonb_build_object('looked_at', now() - interval '2 seconds')");

            assertThat(claim(1)).containsExactly("given back");
        });
    }

    @Test
    void what_was_committed_a_little_later_than_enqueued_is_not_behind_the_floor() throws SQLException {
        besideAnOpenTransaction(() -> {
            enqueue("first", "now()");
            assertThat(claim(1)).containsExactly("first");

            enqueue("late", "now() - interval '500 milliseconds'");
            enqueue("of now", "now()");

            assertThat(claim(1)).containsExactly("late");
        });
    }

    @Test
    void a_clock_that_was_set_back_hides_nothing() throws SQLException {
        besideAnOpenTransaction(() -> {
            for (int i = 1; i <= 3; i++) {
                enqueue("" + i, "now() - interval '%d seconds'".formatted(60 - i));
            }
            assertThat(claim(1)).containsExactly("1");
            enqueue("given back", "now() - interval '1 hour'");

            known("jsonb_build_object('looked_at', now() + interval '1 hour')");

            assertThat(claim(1)).containsExactly("given back");
        });
    }

    @Test
    void a_priority_that_is_new_is_seen_at_once() throws SQLException {
        besideAnOpenTransaction(() -> {
            enqueue("1", "now()");
            enqueue("2", "now()");
            assertThat(claim(1)).hasSize(1);

            enqueue("urgent", "now()", 5);

            assertThat(claim(1)).containsExactly("urgent");
        });
    }

    @Test
    void claims_that_all_places_are_taken_by_go_past_nothing_that_was_done() throws SQLException {
        besideAnOpenTransaction(() -> {
            for (int i = 0; i < 3; i++) {
                enqueue("" + i, "now()");
            }
            assertThat(claim(1)).hasSize(1);
            long before = entriesRead();

            assertThat(claim(1)).hasSize(1);

            assertThat(entriesRead() - before).isLessThan(200);
        });
    }

    @Test
    void claims_of_jobs_in_groups_go_past_nothing_that_was_done_in_the_last_lease() throws SQLException {
        besideAnOpenTransaction("now() + interval '1 minute'", () -> {
            for (int i = 0; i < 3; i++) {
                update(postgres, INSERT.formatted("'mail', 'ada', 0, now(), '" + i + "'", "1"));
            }
            assertThat(claim(1)).hasSize(1);
            long before = entriesRead();

            assertThat(claim(1)).hasSize(1);

            assertThat(entriesRead() - before).isLessThan(200);
        });
    }

    @Test
    void what_is_handed_on_does_not_grow_with_the_priorities_that_were_once_used() throws SQLException {
        for (int i = 0; i < 300; i++) {
            enqueue("" + i, "now()", i);
            assertThat(claim(1)).containsExactly("" + i);
            update(postgres, "delete from coatcheck.jobs");
        }

        assertThat(number("select count(*) from jsonb_object_keys('%s'::jsonb -> 'rounds')".formatted(known)))
                .isLessThan(110);
    }

    private void enqueue(String payload, String dueAt) {
        enqueue(payload, dueAt, 0);
    }

    private void enqueue(String payload, String dueAt, int priority) {
        update(postgres, INSERT.formatted("'mail', '', %d, %s, '%s'".formatted(priority, dueAt, payload), "1"));
    }

    private void besideAnOpenTransaction(Work work) throws SQLException {
        besideAnOpenTransaction("now() - interval '1 day'", work);
    }

    /** And with many rows that were removed since, and may not be cleared away. */
    private void besideAnOpenTransaction(String dueAt, Work work) throws SQLException {
        try (var open = postgres.dataSource().getConnection()) {
            open.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            open.setAutoCommit(false);
            open.createStatement().execute("select 1");
            update(postgres, INSERT.formatted("'mail', '', 0, " + dueAt + ", ''", "20000"));
            update(postgres, "delete from coatcheck.jobs");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> number("select pg_stat_get_dead_tuples('coatcheck.jobs'::regclass)") > 10_000);
            work.run();
            open.rollback();
        }
    }

    private List<String> claim(int max) throws SQLException {
        var payloads = new ArrayList<String>();
        try (var connection = postgres.dataSource().getConnection();
                var claim = connection.prepareStatement(
                        "select * from coatcheck.claim_jobs_v3('{mail}', ?, 60000000, ?::jsonb, true)")) {
            claim.setInt(1, max);
            claim.setString(2, known);
            try (var rows = claim.executeQuery()) {
                while (rows.next()) {
                    if (rows.getString("id") == null) {
                        known = rows.getString("known");
                    } else {
                        payloads.add(rows.getString("payload"));
                    }
                }
            }
        }
        known(A_MINUTE_LONG);
        return payloads;
    }

    /** Changes what the next claim is handed. */
    private void known(String change) {
        known = query(postgres, "select '%s'::jsonb || %s".formatted(known, change))
                .get(0);
    }

    private long entriesRead() {
        return number("select sum(idx_tup_read) from pg_stat_user_indexes where relid = 'coatcheck.jobs'::regclass");
    }

    private long number(String sql) {
        query(postgres, "select pg_stat_force_next_flush()");
        return Long.parseLong(query(postgres, sql).get(0));
    }
}
