package dev.coatcheck.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.jobs.Enqueued;
import dev.coatcheck.state.jobs.Enqueued.Added;
import dev.coatcheck.state.jobs.Enqueued.Duplicate;
import dev.coatcheck.state.jobs.EnqueuedBatch;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A job, and its end, in one transaction with what they are about. */
class JobTransactionsTest {
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @RegisterExtension
    final Databases databases = new Databases();

    private final Postgres postgres = databases.empty();
    private final PostgresJobs jobs = postgres.jobs();

    @BeforeEach
    void makeTheApplicationsTable() {
        Databases.update(postgres, "drop table if exists public.photos");
        Databases.update(postgres, "create table public.photos (id text primary key)");
    }

    @Test
    void a_job_is_there_with_the_row_that_it_is_about_or_not_at_all() throws SQLException {
        try (var connection = begin()) {
            insertPhoto(connection, "1");
            jobs.enqueue(connection, NewJob.of("photos", "1"));
            assertThat(jobs.claim(Set.of("photos"), 1, LEASE)).isEmpty();
            connection.rollback();
        }
        assertThat(jobs.depths()).isEmpty();

        try (var connection = begin()) {
            insertPhoto(connection, "1");
            jobs.enqueue(connection, NewJob.of("photos", "1"));
            connection.commit();
        }
        assertThat(jobs.claim(Set.of("photos"), 1, LEASE)).hasSize(1);
        assertThat(photos()).containsExactly("1");
    }

    @Test
    void several_jobs_are_there_with_their_rows_or_none_of_them() throws SQLException {
        var several = List.of(NewJob.of("photos", "1"), NewJob.of("photos", "2"));
        try (var connection = begin()) {
            jobs.enqueueAll(connection, several);
            connection.rollback();
        }
        assertThat(jobs.depths()).isEmpty();

        try (var connection = begin()) {
            insertPhoto(connection, "1");
            insertPhoto(connection, "2");
            assertThat(jobs.enqueueAll(connection, several)).hasSize(2);
            connection.commit();
        }
        assertThat(jobs.claim(Set.of("photos"), 5, LEASE)).hasSize(2);
    }

    @Test
    void a_batch_and_its_end_are_of_the_callers_transaction() throws SQLException {
        try (var connection = begin()) {
            jobs.enqueueBatch(connection, List.of(NewJob.of("photos", "1")), NewJob.of("albums", "1"));
            connection.rollback();
        }
        assertThat(jobs.depths()).isEmpty();
        EnqueuedBatch batch;
        try (var connection = begin()) {
            batch = jobs.enqueueBatch(connection, List.of(NewJob.of("photos", "1")), NewJob.of("albums", "1"));
            connection.commit();
        }
        var claimed = jobs.claim(Set.of("photos"), 1, LEASE).get(0);

        try (var connection = begin()) {
            assertThat(jobs.complete(connection, claimed)).isTrue();
            connection.rollback();
        }
        assertThat(jobs.find(batch.then())).isEmpty();
        try (var connection = begin()) {
            assertThat(jobs.complete(connection, claimed)).isTrue();
            connection.commit();
        }
        assertThat(jobs.find(batch.then())).isPresent();
        assertThat(Databases.query(postgres, "select id::text from coatcheck.job_batches"))
                .isEmpty();
    }

    @Test
    void the_first_one_of_a_process_needs_no_second_connection() throws SQLException {
        var small = databases.attach(PostgresSettings.defaults().withPoolSize(1));
        try (var connection = small.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            small.jobs().enqueue(connection, NewJob.of("photos", "1"));
            connection.commit();
        }
        assertThat(jobs.claim(Set.of("photos"), 1, LEASE)).hasSize(1);
    }

    @Test
    void a_waiting_worker_hears_of_it_at_the_commit() throws SQLException {
        var settings = WorkerSettings.defaults().withPollInterval(Duration.ofMinutes(10));
        try (var worker = Worker.start(jobs, Map.of("photos", execution -> {}), settings);
                var connection = begin()) {
            jobs.enqueue(connection, NewJob.of("photos", "1"));
            assertThat(worker.running()).isZero();
            connection.commit();
            await().atMost(PATIENCE).until(() -> jobs.depths().isEmpty());
        }
    }

    @Test
    void a_job_ends_with_what_it_has_done_or_not_at_all() throws SQLException {
        jobs.enqueue(NewJob.of("photos", "1"));
        var claimed = jobs.claim(Set.of("photos"), 1, LEASE).get(0);
        try (var connection = begin()) {
            insertPhoto(connection, "1");
            assertThat(jobs.complete(connection, claimed)).isTrue();
            connection.rollback();
        }
        assertThat(jobs.find(claimed.id())).isPresent();
        assertThat(photos()).isEmpty();

        try (var connection = begin()) {
            insertPhoto(connection, "1");
            assertThat(jobs.complete(connection, claimed)).isTrue();
            connection.commit();
        }
        assertThat(jobs.find(claimed.id())).isEmpty();
        assertThat(photos()).containsExactly("1");
    }

    @Test
    void who_has_lost_the_job_is_told_before_the_commit() throws SQLException {
        jobs.enqueue(NewJob.of("photos", "1"));
        var lost = jobs.claim(Set.of("photos"), 1, LEASE);
        jobs.giveBack(lost);
        jobs.claim(Set.of("photos"), 1, LEASE);

        try (var connection = begin()) {
            assertThat(jobs.complete(connection, lost.get(0))).isFalse();
            connection.rollback();
        }
    }

    @Test
    void a_job_that_a_transaction_holds_locked_is_found_by_who_waits_when_that_is_rolled_back() throws Exception {
        Databases.awaitListening(postgres);
        var lease = Duration.ofMillis(200);
        jobs.enqueue(NewJob.of("photos", "1"));
        var lost = jobs.claim(Set.of("photos"), 1, lease).get(0);
        try (var connection = begin()) {
            assertThat(jobs.complete(connection, lost)).isTrue();
            await().atMost(PATIENCE)
                    .until(() -> jobs.depths().values().stream().anyMatch(depth -> depth.waiting() == 1));
            assertThat(jobs.claim(Set.of("photos"), 1, LEASE)).isEmpty();
            connection.rollback();
        }

        var waiter = new FutureTask<Integer>(() -> {
            // Long enough that who waited for its end would be too late.
            jobs.awaitWork(Set.of("photos"), Duration.ofMinutes(5));
            return jobs.claim(Set.of("photos"), 1, LEASE).get(0).attempt();
        });
        Thread.ofVirtual().start(waiter);
        assertThat(waiter.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(2);
    }

    @Test
    void a_worker_leaves_alone_what_its_handler_completed_in_its_transaction() {
        jobs.enqueue(NewJob.of("photos", "1"));
        var settings = WorkerSettings.defaults();
        try (var worker = Worker.start(
                jobs,
                Map.of("photos", execution -> {
                    try (var connection = begin()) {
                        insertPhoto(connection, execution.job().payload());
                        jobs.complete(connection, execution.job());
                        connection.commit();
                        execution.completed();
                    }
                }),
                settings)) {
            await().atMost(PATIENCE).until(() -> jobs.depths().isEmpty() && worker.running() == 0);
        }
        assertThat(photos()).containsExactly("1");
    }

    @Test
    void of_two_open_transactions_with_one_key_the_second_waits_to_know_whether_it_is_a_duplicate() throws Exception {
        var job = NewJob.of("photos", "1").withUniqueKey("1");
        try (var first = begin();
                var second = begin()) {
            var id = jobs.enqueue(first, job).id();
            var other = new FutureTask<Enqueued>(() -> jobs.enqueue(second, job));
            Thread.ofVirtual().start(other);
            await().atMost(PATIENCE).until(() -> waitingForLocks() == 1);
            assertThat(other.isDone()).isFalse();

            first.commit();

            assertThat(other.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new Duplicate(id));
            second.rollback();
        }
        jobs.complete(jobs.claim(Set.of("photos"), 1, LEASE).get(0));
        try (var first = begin();
                var second = begin()) {
            jobs.enqueue(first, job);
            var other = new FutureTask<Enqueued>(() -> jobs.enqueue(second, job));
            Thread.ofVirtual().start(other);
            await().atMost(PATIENCE).until(() -> waitingForLocks() == 1);

            first.rollback();

            assertThat(other.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(Added.class);
            second.commit();
        }
        assertThat(jobs.depths()).containsOnlyKeys("photos");
    }

    @Test
    void a_failed_transaction_is_the_callers_to_roll_back() throws SQLException {
        try (var connection = begin()) {
            insertPhoto(connection, "1");
            assertThatThrownBy(() -> insertPhoto(connection, "1")).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> jobs.enqueue(connection, NewJob.of("photos", "1")))
                    .isInstanceOf(SQLException.class);
            connection.rollback();
        }
        assertThat(jobs.depths()).isEmpty();
    }

    private Connection begin() throws SQLException {
        var connection = postgres.dataSource().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void insertPhoto(Connection connection, String id) throws SQLException {
        try (var insert = connection.prepareStatement("insert into public.photos values (?)")) {
            insert.setString(1, id);
            insert.executeUpdate();
        }
    }

    private List<String> photos() {
        return Databases.query(postgres, "select id from public.photos");
    }

    private int waitingForLocks() {
        return Integer.parseInt(Databases.query(
                        postgres,
                        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
                .get(0));
    }
}
