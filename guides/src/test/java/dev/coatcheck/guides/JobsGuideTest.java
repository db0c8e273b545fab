package dev.coatcheck.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.postgres.PostgresJobs;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.Cron;
import dev.coatcheck.state.jobs.EnqueuedBatch;
import dev.coatcheck.state.jobs.Execution;
import dev.coatcheck.state.jobs.GroupLimit;
import dev.coatcheck.state.jobs.JobRelay;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Retry;
import dev.coatcheck.state.jobs.Schedule;
import dev.coatcheck.state.jobs.Scheduler;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The samples of {@code docs/jobs.md}, as two instances run them. */
class JobsGuideTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LEASE = Duration.ofMinutes(1);

    private final String url = SharedServers.freshPostgresUrl();
    private final String redisUrl = SharedServers.freshRedisUrl();
    private final Attached one = new Attached(url, redisUrl);
    private final Attached two = new Attached(url, redisUrl);

    /** Keeps what it is told. */
    private static final class Log {
        private final List<String> lines = new ArrayList<>();

        void info(String line) {
            lines.add(line);
        }
    }

    private static final class Attached implements AutoCloseable {
        private final Postgres postgres;
        private final PostgresJobs jobs;
        private final Redis redis;
        private final Queue<String> resized = new ConcurrentLinkedQueue<>();
        private final CountDownLatch pagesBegun = new CountDownLatch(1);
        private final Log log = new Log();
        private final int pages = 1_000;

        Attached(String url, String redisUrl) {
            this.redis = Redis.attach(redisUrl);
            this.postgres = Postgres.attach(url);
            this.jobs = postgres.jobs();
        }

        EnqueuedBatch bind(List<String> pages) {
            return jobs.enqueueBatch(
                    pages.stream().map(page -> NewJob.of("pages", page)).toList(), NewJob.of("bind", "the book"));
        }

        JobRelay relay() {
            return JobRelay.start(postgres.outbox(), redis.jobs());
        }

        void storeFor(String photo) throws SQLException {
            try (var connection = postgres.dataSource().getConnection()) {
                connection.setAutoCommit(false);
                insertPhoto(connection, photo);
                postgres.outbox().enqueue(connection, NewJob.of("resize", photo));
                connection.commit(); // then a relay moves it to Redis, once
            }
        }

        void store(String photo) throws SQLException {
            try (var connection = postgres.dataSource().getConnection()) {
                connection.setAutoCommit(false);
                insertPhoto(connection, photo);
                jobs.enqueue(connection, NewJob.of("resize", photo).withUniqueKey(photo));
                connection.commit(); // both or neither
            }
        }

        Worker work() {
            return Worker.start(
                    jobs,
                    Map.of("resize", execution -> resize(execution.job().payload())),
                    WorkerSettings.defaults().withConcurrency(8));
        }

        void resizeOnce(Execution execution) throws SQLException {
            var job = execution.job();
            var small = resize(job.payload());
            try (var connection = postgres.dataSource().getConnection()) {
                connection.setAutoCommit(false);
                insertSmall(connection, job.payload(), small);
                if (jobs.complete(connection, job)) { // last of all: the row is locked until the commit
                    connection.commit();
                    execution.completed();
                } else {
                    connection.rollback(); // another has it by now
                }
            }
        }

        int replay() {
            for (var dead : jobs.list("resize", JobState.DEAD, 100)) {
                log.info(dead.payload() + " failed " + dead.attempts() + " times: "
                        + dead.lastError().orElse(""));
            }
            int again = jobs.replayAll("resize", 100); // or replay(id), or cancel(id)
            return again;
        }

        void export(Execution execution) throws InterruptedException {
            for (int page = 1; page <= pages; page++) {
                if (execution.shouldStop()) {
                    throw new InterruptedException(
                            "stopped before page " + page); // to return would say that it is done
                }
                exportPage(page);
                execution.report(page + " of " + pages); // one round trip
            }
        }

        void limit() {
            jobs.limitGroups("mail", GroupLimit.none().withConcurrency(2).withRate(100, Duration.ofMinutes(1)));
            jobs.limitGroup("mail", "acme", GroupLimit.none().withConcurrency(10)); // in place of that for all
            jobs.enqueue(NewJob.of("mail", "welcome").withGroup("globex"));
        }

        Scheduler schedule() {
            var nightly = Schedule.of(
                    "nightly-report",
                    Cron.parse("0 3 * * *", ZoneId.of("Europe/Berlin")),
                    at -> NewJob.of("reports", at.toString()));
            return Scheduler.start(jobs, List.of(nightly), InstantSource.system());
        }

        /** Until it hears of jobs: what it may have missed before makes it look after its leases. */
        private void awaitListening() {
            // What wakes it first may be the word that something was missed, and not all have been given that.
            awaitHeard();
            awaitHeard();
        }

        private void awaitHeard() {
            var queue = Set.of("listening");
            await().atMost(PATIENCE).until(() -> {
                jobs.claim(queue, 1, LEASE);
                count("pg_notify('coatcheck_jobs', 'listening')");
                long begun = System.nanoTime();
                jobs.awaitWork(queue, Duration.ofSeconds(2));
                return System.nanoTime() - begun < Duration.ofSeconds(1).toNanos();
            });
        }

        private String resize(String photo) {
            resized.add(photo);
            return photo + ", smaller";
        }

        private void exportPage(int page) throws InterruptedException {
            if (page == 2) {
                pagesBegun.countDown();
                new CountDownLatch(1).await();
            }
        }

        private static void insertPhoto(Connection connection, String photo) throws SQLException {
            insert(connection, "insert into photos values (?)", photo);
        }

        private static void insertSmall(Connection connection, String photo, String small) throws SQLException {
            insert(connection, "insert into smalls values (?, ?)", photo, small);
        }

        private static void insert(Connection connection, String sql, String... values) throws SQLException {
            try (var insert = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                    insert.setString(i + 1, values[i]);
                }
                insert.executeUpdate();
            }
        }

        private long count(String table) throws SQLException {
            try (var connection = postgres.dataSource().getConnection();
                    var statement = connection.createStatement();
                    var row = statement.executeQuery("select count(*) from " + table)) {
                row.next();
                return row.getLong(1);
            }
        }

        @Override
        public void close() {
            postgres.close();
            redis.close();
        }
    }

    @BeforeEach
    void makeTables() throws SQLException {
        try (var connection = one.postgres.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create table photos (id text primary key); create table smalls (id text, small text)");
        }
    }

    @AfterEach
    void detach() {
        one.close();
        two.close();
    }

    @Test
    void what_one_process_stores_another_resizes_and_what_is_not_stored_nobody() throws SQLException {
        one.store("1.jpeg");
        assertThatThrownBy(() -> one.store("1.jpeg")).isInstanceOf(SQLException.class);
        try (var worker = two.work()) {
            await().atMost(PATIENCE).until(() -> one.jobs.depths().isEmpty() && worker.running() == 0);
        }

        assertThat(two.resized).containsExactly("1.jpeg");
        assertThat(one.count("photos")).isEqualTo(1);
    }

    @Test
    void of_two_who_had_a_job_one_has_an_effect() throws Exception {
        var lost = new CountDownLatch(1);
        var settings = WorkerSettings.defaults().withConcurrency(1);
        try (var slow = Worker.start(
                one.jobs,
                Map.of("resize", execution -> {
                    // As if its lease had ended, and another had the job.
                    two.jobs.giveBack(List.of(execution.job()));
                    assertThat(two.jobs.claim(Set.of("resize"), 1, LEASE)).hasSize(1);
                    one.resizeOnce(execution);
                    lost.countDown();
                }),
                settings)) {
            one.awaitListening();
            one.store("1.jpeg");
            assertThat(lost.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(one.count("smalls")).isZero();
            assertThat(slow.stop(PATIENCE)).isTrue();
        }
        giveBackWhatRuns();
        try (var fast = Worker.start(two.jobs, Map.of("resize", two::resizeOnce), settings)) {
            await().atMost(PATIENCE).until(() -> two.jobs.depths().isEmpty() && fast.running() == 0);
        }

        assertThat(one.resized).hasSize(1);
        assertThat(two.resized).hasSize(1);
        assertThat(one.count("smalls")).isEqualTo(1);
    }

    private void giveBackWhatRuns() {
        var running = two.jobs.list("resize", JobState.RUNNING, 1).get(0);
        two.jobs.giveBack(
                List.of(new ClaimedJob(running.id(), running.queue(), Optional.empty(), running.payload(), 1, 10, 3)));
    }

    @Test
    void dead_letters_are_listed_and_tried_anew() {
        one.jobs.enqueue(NewJob.of("resize", "1.jpeg").withRetry(Retry.never()));
        one.jobs.fail(one.jobs.claim(Set.of("resize"), 1, LEASE).get(0), "no such file");

        assertThat(two.replay()).isEqualTo(1);

        assertThat(two.log.lines).containsExactly("1.jpeg failed 1 times: no such file");
        assertThat(one.jobs.claim(Set.of("resize"), 1, LEASE)).hasSize(1);
    }

    @Test
    void an_export_is_seen_by_others_and_cancelled_by_them() throws Exception {
        var id = two.jobs.enqueue(NewJob.of("export", "")).id();
        try (var worker = Worker.start(one.jobs, Map.of("export", one::export), WorkerSettings.defaults())) {
            assertThat(one.pagesBegun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(two.jobs.find(id).orElseThrow().progress()).contains("1 of 1000");

            assertThat(two.jobs.cancel(id)).contains(JobState.RUNNING);

            await().atMost(PATIENCE).until(() -> worker.running() == 0);
        }
        assertThat(one.jobs.depths()).isEmpty();
    }

    @Test
    void groups_keep_to_their_limits_in_all_processes() {
        one.limit();
        for (int i = 0; i < 4; i++) {
            one.jobs.enqueue(NewJob.of("mail", "").withGroup("globex"));
            one.jobs.enqueue(NewJob.of("mail", "").withGroup("acme"));
        }

        assertThat(two.jobs.claim(Set.of("mail"), 100, LEASE)).hasSize(2 + 4);
        assertThat(one.jobs.claim(Set.of("mail"), 100, LEASE)).isEmpty();
    }

    @Test
    void the_book_is_bound_once_when_all_its_pages_are_done_wherever_they_are() {
        var book = one.bind(List.of("1", "2", "3"));
        var pages = two.jobs.claim(Set.of("pages"), 3, LEASE);
        one.jobs.completeAll(pages.subList(0, 2));
        assertThat(two.jobs.find(book.then())).isEmpty();

        two.jobs.complete(pages.get(2));

        assertThat(one.jobs.claim(Set.of("bind"), 3, LEASE))
                .singleElement()
                .satisfies(bind -> assertThat(bind.payload()).isEqualTo("the book"));
    }

    @Test
    void what_is_stored_with_an_outbox_is_resized_from_redis_once() throws SQLException {
        try (var first = one.relay();
                var second = two.relay();
                var worker = Worker.start(
                        two.redis.jobs(),
                        Map.of("resize", execution -> two.resize(execution.job().payload())),
                        WorkerSettings.defaults())) {
            assertThat(List.of(first, second)).doesNotContainNull();
            one.storeFor("1.jpeg");
            assertThatThrownBy(() -> one.storeFor("1.jpeg")).isInstanceOf(SQLException.class);
            one.storeFor("2.jpeg");
            await().atMost(PATIENCE)
                    .until(() -> two.resized.size() == 2
                            && worker.running() == 0
                            && one.redis.jobs().depths().isEmpty());
        }

        assertThat(two.resized).containsExactlyInAnyOrder("1.jpeg", "2.jpeg");
        assertThat(one.count("photos")).isEqualTo(2);
    }

    @Test
    void a_report_is_enqueued_once_by_two_processes() {
        one.jobs.lastFired("nightly-report", Instant.now().minus(25, ChronoUnit.HOURS));
        try (var first = one.schedule();
                var second = two.schedule()) {
            assertThat(List.of(first, second)).doesNotContainNull();
            await().atMost(PATIENCE).until(() -> one.jobs.depths().containsKey("reports"));
            await().during(Duration.ofMillis(300))
                    .atMost(PATIENCE)
                    .until(() -> one.jobs.list("reports", JobState.WAITING, 5).size() == 1);
        }
    }
}
