package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;
import static dev.coatcheck.postgres.Databases.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.jobs.GroupLimit;
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
                from generate_series(1, %s) as i
            """;

    /** What was done in groups: those of other tests, and one more of which nothing waits. */
    private static final String DONE_IN_GROUPS =
            "'mail', (array['ada', 'bob', 'gone'])[1 + i % 3], 0, now() - interval '1 day', ''";

    @RegisterExtension
    final Databases databases = new Databases();

    private final Postgres postgres = databases.empty();

    /** What a claim hands to the next. */
    private String known = "{}";

    /** When the last look from the very beginning is to have been, for the next claim. */
    private String lookedAt = "now()";

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

            lastLookWas("now() - interval '2 seconds'");

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

            lastLookWas("now() + interval '1 hour'");

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
        besideAnOpenTransaction("'mail', '', 0, now() + interval '1 minute', ''", () -> {
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
    void claims_of_jobs_in_groups_take_turns_and_go_past_nothing_that_was_done() throws SQLException {
        besideAnOpenTransaction(DONE_IN_GROUPS, () -> {
            for (int i = 0; i < 4; i++) {
                enqueueInto("mail", "ada", "ada " + i, 60 - i);
                enqueueInto("mail", "bob", "bob " + i, 60 - i);
            }
            long before = entriesRead();
            assertThat(claim(1)).containsExactly("ada 0");
            assertThat(entriesRead() - before)
                    .as("a look from the very beginning")
                    .isGreaterThan(10_000);

            for (var expected : List.of("bob 0", "ada 1", "bob 1", "ada 2", "bob 2")) {
                before = entriesRead();
                assertThat(claim(1)).containsExactly(expected);
                assertThat(entriesRead() - before).as(expected).isLessThan(200);
            }
        });
    }

    @Test
    void where_groups_are_more_than_turns_each_goes_past_what_was_done_of_itself() throws SQLException {
        besideAnOpenTransaction(
                "'mail', 'group ' || 100 + i % 400, 0, now() - interval '1 day', ''",
                () -> {
                    for (int i = 100; i < 500; i++) {
                        enqueueInto("mail", "group " + i, "" + i, 60);
                    }
                    assertThat(claim(1)).containsExactly("100");
                    for (int i = 101; i < 106; i++) {
                        long before = entriesRead();
                        assertThat(claim(1)).containsExactly("" + i);
                        assertThat(entriesRead() - before).isLessThan(1_000);
                    }
                });
    }

    @Test
    void what_comes_into_a_group_before_its_floor_or_into_a_new_one_is_claimed_at_once_where_there_is_a_place_for_it()
            throws SQLException {
        besideAnOpenTransaction(DONE_IN_GROUPS, () -> {
            enqueueInto("mail", "ada", "ada 0", 60);
            enqueueInto("mail", "ada", "ada 1", 50);
            assertThat(claim(1)).containsExactly("ada 0");

            enqueueInto("mail", "ada", "given back", 70);
            enqueueInto("mail", "new", "new", 0);

            assertThat(claim(4)).containsExactlyInAnyOrder("ada 1", "given back", "new");
        });
    }

    @Test
    void what_comes_into_a_group_before_its_floor_or_into_a_new_one_waits_two_seconds_while_every_place_is_taken()
            throws SQLException {
        besideAnOpenTransaction(DONE_IN_GROUPS, () -> {
            for (int i = 0; i < 4; i++) {
                enqueueInto("mail", "ada", "ada " + i, 60 - i);
            }
            assertThat(claim(1)).containsExactly("ada 0");
            enqueueInto("mail", "ada", "given back", 70);
            enqueueInto("mail", "new", "new", 0);
            assertThat(claim(1)).containsExactly("ada 1");

            lastLookWas("now() - interval '2 seconds'");

            assertThat(claim(2)).containsExactlyInAnyOrder("new", "given back");
        });
    }

    @Test
    void the_floor_of_a_group_hides_no_job_that_its_limit_in_one_of_two_queues_has_held_up() throws SQLException {
        postgres.jobs().limitGroups("mail", GroupLimit.none().withConcurrency(1));
        besideAnOpenTransaction(DONE_IN_GROUPS, () -> {
            enqueueInto("mail", "ada", "mail 0", 60);
            enqueueInto("mail", "ada", "mail 1", 50);
            for (int i = 0; i < 3; i++) {
                enqueueInto("photos", "ada", "photo " + i, 40 - i);
            }
            assertThat(claim(2)).containsExactly("mail 0", "photo 0");
            assertThat(claim(1)).containsExactly("photo 1");

            update(postgres, "delete from coatcheck.jobs where payload = 'mail 0'");

            assertThat(claim(1)).containsExactly("mail 1");
        });
    }

    @Test
    void a_new_group_is_found_at_once_also_where_the_same_claim_went_past_its_place_from_the_floors()
            throws SQLException {
        postgres.jobs().limitGroups("mail", GroupLimit.none().withConcurrency(1));
        besideAnOpenTransaction(DONE_IN_GROUPS, () -> {
            fillGroups("full ", 100, 256);
            assertThat(claim(1)).isEmpty();

            enqueueInto("mail", "full 100 and new", "new", 0);

            assertThat(claim(1)).containsExactly("new");
        });
    }

    @Test
    void groups_that_have_become_empty_are_not_locked() throws SQLException {
        postgres.jobs().limitGroups("mail", GroupLimit.none().withConcurrency(1));
        besideAnOpenTransaction(DONE_IN_GROUPS, () -> {
            for (int i = 100; i < 130; i++) {
                enqueueInto("mail", "group " + i, "" + i, 60);
            }
            assertThat(claim(1)).containsExactly("100");
            update(postgres, "delete from coatcheck.jobs where payload between '101' and '128'");

            try (var connection = postgres.dataSource().getConnection()) {
                connection.setAutoCommit(false);
                assertThat(claim(connection, 1)).containsExactly("129");
                try (var locks = connection
                        .createStatement()
                        .executeQuery("select count(*) from pg_locks where locktype = 'advisory'"
                                + " and pid = pg_backend_pid()")) {
                    locks.next();
                    assertThat(locks.getInt(1)).isEqualTo(1);
                }
                connection.rollback();
            }
        });
    }

    @Test
    void groups_that_are_too_many_are_not_counted_again_at_each_claim() throws SQLException {
        postgres.jobs().limitGroups("mail", GroupLimit.none().withConcurrency(1));
        besideAnOpenTransaction(
                "'mail', 'group ' || 100 + i % 400, 0, now() - interval '1 day', ''",
                () -> {
                    fillGroups("group ", 100, 400);
                    long first = entriesReadWhereNothingIsClaimed();

                    // On a busy machine the next may be two seconds later, and count them again.
                    await().atMost(Duration.ofSeconds(20))
                            .until(() -> entriesReadWhereNothingIsClaimed() < first * 3 / 4);
                });
    }

    private long entriesReadWhereNothingIsClaimed() throws SQLException {
        lastLookWas("now() - interval '1 hour'");
        long before = entriesRead();
        assertThat(claim(1)).isEmpty();
        return entriesRead() - before;
    }

    @Test
    void groups_are_handed_on_only_of_priorities_that_the_last_look_from_the_very_beginning_came_to()
            throws SQLException {
        besideAnOpenTransaction(DONE_IN_GROUPS, () -> {
            for (int priority = 0; priority < 2; priority++) {
                update(postgres, INSERT.formatted("'mail', 'ada', %d, now(), '%d'".formatted(priority, priority), "2"));
            }
            assertThat(claim(3)).containsExactly("1", "1", "0");
            assertThat(prioritiesWithGroups()).isEqualTo(2);

            update(postgres, "delete from coatcheck.jobs where priority = 1");
            lastLookWas("now() - interval '1 hour'");
            assertThat(claim(1)).containsExactly("0");

            assertThat(prioritiesWithGroups()).isEqualTo(1);
        });
    }

    private long prioritiesWithGroups() {
        return number("select count(*) from jsonb_each('%s'::jsonb -> 'rounds') where value ->> 'groups' is not null"
                .formatted(known));
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

    /** Makes groups of which each runs the one job that it may, and has another that is due. */
    private void fillGroups(String name, int from, int count) {
        update(postgres, """
                insert into coatcheck.jobs (queue, grp, priority, due_at, payload, id, state, fence, attempts, max_attempts,
                        first_delay_ms, max_delay_ms, enqueued_at, run_at)
                    select 'mail', '%s' || i, 0, now() + state * interval '1 hour' - interval '1 minute', '',
                            gen_random_uuid(), state, 0, 0, 1, 0, 0, now(), now()
                        from generate_series(%d, %d) as i, generate_series(0, 1) as state
                """.formatted(name, from, from + count - 1));
    }

    private void enqueueInto(String queue, String group, String payload, int secondsAgo) {
        update(
                postgres,
                INSERT.formatted(
                        "'%s', '%s', 0, now() - interval '%d seconds', '%s'"
                                .formatted(queue, group, secondsAgo, payload),
                        "1"));
    }

    private void enqueue(String payload, String dueAt) {
        enqueue(payload, dueAt, 0);
    }

    private void enqueue(String payload, String dueAt, int priority) {
        update(postgres, INSERT.formatted("'mail', '', %d, %s, '%s'".formatted(priority, dueAt, payload), "1"));
    }

    private void besideAnOpenTransaction(Work work) throws SQLException {
        besideAnOpenTransaction("'mail', '', 0, now() - interval '1 day', ''", work);
    }

    /** And with many rows that were removed since, and may not be cleared away. */
    private void besideAnOpenTransaction(String removed, Work work) throws SQLException {
        try (var open = postgres.dataSource().getConnection()) {
            open.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            open.setAutoCommit(false);
            open.createStatement().execute("select 1");
            update(postgres, INSERT.formatted(removed, "20000"));
            update(postgres, "delete from coatcheck.jobs");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> number("select pg_stat_get_dead_tuples('coatcheck.jobs'::regclass)") > 10_000);
            work.run();
            open.rollback();
        }
    }

    /** Claims as if the last look from the very beginning had taken a minute, however long ago it is on a busy machine. */
    private List<String> claim(int max) throws SQLException {
        try (var connection = postgres.dataSource().getConnection();
                var counted = connection.createStatement()) {
            var payloads = claim(connection, max);
            // Else what it read is told up to a second later: a connection tells it by itself.
            counted.execute("select pg_stat_force_next_flush()");
            return payloads;
        }
    }

    private List<String> claim(Connection connection, int max) throws SQLException {
        var payloads = new ArrayList<String>();
        try (var claim = connection.prepareStatement("""
                select c.id, c.payload, c.known || jsonb_build_object('took_us', 60000000) as known
                    from coatcheck.claim_jobs_v4('{mail,photos}', ?, 60000000,
                        ?::jsonb || jsonb_build_object('looked_at', %s), true) c
                """.formatted(known.equals("{}") ? "null" : lookedAt))) {
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
        lookedAt = "now()";
        return payloads;
    }

    private void lastLookWas(String time) {
        lookedAt = time;
    }

    private long entriesRead() {
        return number("select sum(idx_tup_read) from pg_stat_user_indexes where relid = 'coatcheck.jobs'::regclass");
    }

    private long number(String sql) {
        query(postgres, "select pg_stat_force_next_flush()");
        return Long.parseLong(query(postgres, sql).get(0));
    }
}
