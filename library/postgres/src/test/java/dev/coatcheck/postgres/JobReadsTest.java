package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.GroupLimit;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.NewJob;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How much of the table a claim or a list reads, as the server counts it, while very much waits in it. */
class JobReadsTest {
    private static final Duration LEASE = Duration.ofMinutes(1);

    @RegisterExtension
    final Databases databases = new Databases();

    private final Postgres postgres = databases.empty();

    @Test
    void delayed_jobs_of_greater_priority_cost_a_claim_nothing() {
        Databases.update(postgres, """
                insert into coatcheck.jobs (id, queue, priority, due_at, state, fence, attempts, max_attempts,
                        first_delay_ms, max_delay_ms, enqueued_at, run_at, payload)
                    select gen_random_uuid(), 'mail', 1 + i % 3, now() + interval '1 day', 0, 0, 0, 1, 0, 0, now(), now(), ''
                    from generate_series(1, 20000) as i
                """);
        Databases.update(postgres, "analyze coatcheck.jobs");
        var jobs = postgres.jobs();
        jobs.enqueue(NewJob.of("mail", "due"));
        long before = entriesRead();

        assertThat(jobs.claim(Set.of("mail"), 10, LEASE)).hasSize(1);

        assertThat(entriesRead() - before).isLessThan(50);
    }

    @Test
    void what_waits_in_a_large_group_costs_a_claim_nothing_and_neither_does_what_it_may_not_start() {
        fillGroup("big", 20_000);
        var jobs = postgres.jobs();
        jobs.enqueue(NewJob.of("mail", "small").withGroup("small"));
        for (boolean limited : new boolean[] {false, true}) {
            jobs.limitGroup("mail", "big", limited ? GroupLimit.none().withConcurrency(1) : GroupLimit.none());
            jobs.enqueue(NewJob.of("mail", "small").withGroup("small"));
            long before = entriesRead();

            var claimed = jobs.claim(Set.of("mail"), 2, LEASE);

            assertThat(claimed).extracting(job -> job.group().orElse("")).contains("small");
            assertThat(entriesRead() - before).isLessThan(100);
        }
    }

    @Test
    void the_number_of_groups_bounds_neither_a_claim_nor_who_gets_a_turn() {
        Databases.update(postgres, """
                insert into coatcheck.jobs (id, queue, grp, priority, due_at, state, fence, attempts, max_attempts,
                        first_delay_ms, max_delay_ms, enqueued_at, run_at, payload)
                    select gen_random_uuid(), 'mail', 'delayed ' || i, 0, now() + interval '1 day', 0, 0, 0, 1, 0, 0,
                        now(), now(), ''
                    from generate_series(1, 3000) as i
                """);
        Databases.update(postgres, "analyze coatcheck.jobs");
        var jobs = postgres.jobs();
        jobs.enqueue(NewJob.of("mail", "").withGroup("zoe"));
        int calls = 0;
        List<ClaimedJob> claimed;
        do {
            long before = entriesRead();
            claimed = jobs.claim(Set.of("mail"), 2, LEASE);
            assertThat(entriesRead() - before).isLessThan(5_000);
            calls++;
        } while (claimed.isEmpty() && calls < 50);

        assertThat(claimed).hasSize(1);
        assertThat(calls).isLessThanOrEqualTo(3000 / 256 + 1);
    }

    @Test
    void groups_that_may_start_nothing_hold_up_no_lower_priority_however_many_they_are() {
        Databases.update(postgres, """
                insert into coatcheck.jobs (id, queue, grp, priority, due_at, state, fence, attempts, max_attempts,
                        first_delay_ms, max_delay_ms, enqueued_at, run_at, payload)
                    select gen_random_uuid(), 'mail', 'full ' || i % 300, 1,
                        now() + case when i <= 300 then interval '1 hour' else interval '0' end,
                        case when i <= 300 then 1 else 0 end, 0, 0, 1, 0, 0, now(), now(), ''
                    from generate_series(1, 600) as i
                """);
        var jobs = postgres.jobs();
        jobs.limitGroups("mail", GroupLimit.none().withConcurrency(1));
        jobs.enqueue(NewJob.of("mail", "low").withGroup("low"));
        jobs.enqueue(NewJob.of("mail", "lowest").withGroup("low").withPriority(-1));

        var claimed = jobs.claim(Set.of("mail"), 1, LEASE);

        assertThat(claimed).extracting(ClaimedJob::payload).containsExactly("low");
        jobs.completeAll(claimed);
        assertThat(jobs.claim(Set.of("mail"), 1, LEASE))
                .extracting(ClaimedJob::payload)
                .containsExactly("lowest");
    }

    @Test
    void groups_that_may_start_nothing_are_gone_round_once_however_many_they_are() throws Exception {
        fillManyGroups(700);
        var jobs = postgres.jobs();
        Databases.awaitListening(postgres);
        int looks = 0;
        boolean rested;
        do {
            assertThat(jobs.claim(Set.of("mail"), 2, LEASE)).isEmpty();
            looks++;
            long begun = System.nanoTime();
            jobs.awaitWork(Set.of("mail"), Duration.ofSeconds(1));
            rested = System.nanoTime() - begun >= Duration.ofSeconds(1).toNanos();
        } while (!rested && looks < 20);

        assertThat(rested).isTrue();
        assertThat(looks).isBetween(700 / 256, 2 * 700 / 256);
    }

    @Test
    void who_is_told_of_a_job_while_it_goes_round_finds_it_although_it_has_gone_past_its_group() throws Exception {
        fillManyGroups(700);
        var jobs = postgres.jobs();
        Databases.awaitListening(postgres);
        jobs.limitGroup("mail", "full 100x", GroupLimit.none().withConcurrency(2));
        assertThat(jobs.claim(Set.of("mail"), 2, LEASE)).isEmpty();

        jobs.enqueue(NewJob.of("mail", "new").withGroup("full 100x"));

        long begun = System.nanoTime();
        var claimed = jobs.claim(Set.of("mail"), 2, LEASE);
        while (claimed.isEmpty()) {
            jobs.awaitWork(Set.of("mail"), Duration.ofMinutes(5));
            claimed = jobs.claim(Set.of("mail"), 2, LEASE);
        }
        assertThat(claimed).extracting(ClaimedJob::payload).containsExactly("new");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void the_pause_before_the_next_part_of_a_round_is_not_used_up_by_this_one() {
        fillManyGroups(700);
        postgres.jobs().limitGroups("mail", GroupLimit.none().withConcurrency(1));

        var pause =
                query(postgres, "select next_due_us from coatcheck.claim_jobs_v4('{mail}', 1, 1000000, '{}', true)");
        assertThat(Long.parseLong(pause.get(0))).isGreaterThan(50_000);
    }

    @Test
    void what_becomes_due_while_it_goes_round_once_more_is_not_forgotten() {
        fillManyGroups(200);
        var jobs = postgres.jobs();
        jobs.enqueue(NewJob.of("mail", "now").withGroup("a"));
        jobs.enqueue(NewJob.of("mail", "soon").withGroup("b").withDelay(Duration.ofSeconds(2)));
        // Goes round once, and some of the way again.
        var claim = "select %s from coatcheck.claim_jobs_v4('{mail}', 5, 60000000, '%s', %s) where id is null";
        var known = query(postgres, claim.formatted("known", "{}", true)).get(0);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> query(postgres, "select due_at <= now() from coatcheck.jobs where payload = 'soon'")
                        .get(0)
                        .equals("t"));

        var next = query(postgres, claim.formatted("next_due_us", known, false)).get(0);

        assertThat(Long.parseLong(next)).isZero();
    }

    @Test
    void a_group_in_which_nothing_is_due_is_not_locked() throws SQLException {
        Databases.update(postgres, """
                insert into coatcheck.jobs (id, queue, grp, priority, due_at, state, fence, attempts, max_attempts,
                        first_delay_ms, max_delay_ms, enqueued_at, run_at, payload)
                    select gen_random_uuid(), 'mail', 'delayed ' || i, 0, now() + interval '1 day', 0, 0, 0, 1, 0, 0,
                        now(), now(), ''
                    from generate_series(1, 30) as i
                """);
        var jobs = postgres.jobs();
        jobs.limitGroups("mail", GroupLimit.none().withConcurrency(1));
        jobs.enqueue(NewJob.of("mail", "").withGroup("zoe"));
        try (var connection = postgres.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select from coatcheck.claim_jobs_v4('{mail}', 5, 1000000, '{}', true)");
            try (var locks = statement.executeQuery(
                    "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()")) {
                locks.next();
                assertThat(locks.getInt(1)).isEqualTo(1);
            }
            connection.rollback();
        }
    }

    @Test
    void what_was_done_beside_a_transaction_that_stays_open_costs_most_claims_nothing_and_hides_no_job()
            throws Exception {
        var jobs = postgres.jobs();
        try (var open = postgres.dataSource().getConnection()) {
            open.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            open.setAutoCommit(false);
            open.createStatement().execute("select 1");
            fillGroup("", 20_000);
            Databases.update(postgres, "delete from coatcheck.jobs");
            for (int i = 0; i < 100; i++) {
                jobs.enqueue(NewJob.of("mail", "" + i));
            }
            assertThat(statistic("select pg_stat_get_dead_tuples('coatcheck.jobs'::regclass)"))
                    .isGreaterThan(10_000);

            var first = jobs.claim(Set.of("mail"), 5, LEASE);
            var reads = new ArrayList<Long>();
            for (int i = 0; i < 15; i++) {
                long before = entriesRead();
                assertThat(jobs.claim(Set.of("mail"), 5, LEASE)).hasSize(5);
                reads.add(entriesRead() - before);
            }
            // Now and then one looks at everything.
            assertThat(reads).filteredOn(read -> read < 200).hasSizeGreaterThan(7);

            jobs.giveBack(first);
            assertThat(jobs.claim(Set.of("mail"), 100, LEASE))
                    .extracting(ClaimedJob::id)
                    .contains(first.get(0).id());
            open.rollback();
        }
    }

    @Test
    void nothing_is_compiled_because_of_a_sort_that_is_turned_off_and_needed_yet() {
        // Servers before release 18 would, for seconds; the one here is built without a compiler.
        var settings = query(postgres, "select proconfig from pg_proc where proconfig::text like '%enable_sort=off%'");
        assertThat(settings).isNotEmpty().allSatisfy(each -> assertThat(each).contains("jit=off"));
    }

    /** Groups that run one job each, have another that is due, and may run one at once. */
    private void fillManyGroups(int count) {
        Databases.update(postgres, """
                insert into coatcheck.jobs (id, queue, grp, priority, due_at, state, fence, attempts, max_attempts,
                        first_delay_ms, max_delay_ms, enqueued_at, run_at, payload)
                    select gen_random_uuid(), 'mail', 'full ' || i %% %1$d, 0,
                        now() + case when i <= %1$d then interval '1 hour' else interval '0' end,
                        case when i <= %1$d then 1 else 0 end, 0, 0, 1, 0, 0, now(), now(), ''
                    from generate_series(1, 2 * %1$d) as i
                """.formatted(count));
        Databases.update(postgres, "analyze coatcheck.jobs");
        postgres.jobs().limitGroups("mail", GroupLimit.none().withConcurrency(1));
    }

    private void fillGroup(String group, int count) {
        Databases.update(postgres, """
                insert into coatcheck.jobs (id, queue, grp, priority, due_at, state, fence, attempts, max_attempts,
                        first_delay_ms, max_delay_ms, enqueued_at, run_at, payload)
                    select gen_random_uuid(), 'mail', '%s', 0, now() - interval '1 minute', 0, 0, 0, 1, 0, 0,
                        now(), now(), ''
                    from generate_series(1, %d) as i
                """.formatted(group, count));
        Databases.update(postgres, "analyze coatcheck.jobs");
    }

    @Test
    void a_page_of_jobs_costs_no_more_because_many_others_wait() {
        fillGroup("big", 20_000);
        var jobs = postgres.jobs();
        jobs.claim(Set.of("mail"), 5, LEASE);
        var page = jobs.list("mail", JobState.WAITING, 100);
        long before = entriesRead();

        assertThat(jobs.listAfter(page.get(99), 100)).hasSize(100);
        assertThat(jobs.list("mail", JobState.RUNNING, 100)).hasSize(5);
        assertThat(jobs.list("mail", JobState.DEAD, 100)).isEmpty();

        assertThat(entriesRead() - before).isLessThan(500);
    }

    /** Entries of indexes, and rows where there was none that led to them. */
    private long entriesRead() {
        return statistic("""
                select (select sum(idx_tup_read) from pg_stat_user_indexes where relid = 'coatcheck.jobs'::regclass)
                    + (select seq_tup_read from pg_stat_user_tables where relid = 'coatcheck.jobs'::regclass)
                """);
    }

    private long statistic(String sql) {
        query(postgres, "select pg_stat_force_next_flush()");
        return Long.parseLong(query(postgres, sql).get(0));
    }
}
