package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.FaultyServer.PATIENCE;
import static dev.coatcheck.postgres.FaultyServer.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed, comes back on the same TCP port, falls silent, or was never there. */
class FaultTest {
    private static final String QUEUE = "mail";
    private static final String JOBS = "coatcheck_jobs";
    private static final int BLOB_SIZE = PostgresBlobs.CHUNK_SIZE + 1;

    @TempDir
    static Path folder;

    @RegisterExtension
    static final FaultyServer server = new FaultyServer(() -> folder);

    private Postgres postgres;

    @BeforeEach
    void attach() {
        postgres = server.postgres();
    }

    @Test
    void what_was_promised_before_the_server_was_killed_is_there_when_it_is_back() {
        var jobs = postgres.jobs();
        var blobs = postgres.blobs();
        var sessions = postgres.sessions(SessionSettings.defaults());
        Queue<JobId> promisedJobs = new ConcurrentLinkedQueue<>();
        Queue<String> promisedBlobs = new ConcurrentLinkedQueue<>();
        Queue<SessionId> promisedSessions = new ConcurrentLinkedQueue<>();
        var end = new AtomicBoolean();
        var writers = List.of(
                writing(
                        end,
                        i -> promisedJobs.add(
                                jobs.enqueue(NewJob.of(QUEUE, "" + i)).id())),
                writing(end, i -> {
                    blobs.put("" + i, new ByteArrayInputStream(new byte[BLOB_SIZE]), PutOptions.defaults());
                    promisedBlobs.add("" + i);
                }),
                writing(end, i -> {
                    var id = SessionId.random();
                    sessions.create(id, Changes.none().put("i", "" + i));
                    promisedSessions.add(id);
                }));

        for (int kill = 0; kill < 2; kill++) {
            int before = promisedJobs.size() + promisedBlobs.size() + promisedSessions.size();
            await().atMost(PATIENCE)
                    .until(() -> promisedJobs.size() + promisedBlobs.size() + promisedSessions.size() > before + 60);
            server.kill();
            server.start();
        }
        int after = promisedJobs.size();
        await().atMost(PATIENCE).until(() -> promisedJobs.size() > after + 10);
        end.set(true);
        writers.forEach(FaultTest::join);

        assertThat(promisedJobs).allSatisfy(id -> assertThat(jobs.find(id)).isPresent());
        assertThat(promisedBlobs).allSatisfy(key -> assertThat(read(blobs, key)).isEqualTo(new byte[BLOB_SIZE]));
        assertThat(promisedSessions)
                .allSatisfy(id -> assertThat(sessions.find(id)).isPresent());
        assertNothingIsLeftIdleInATransaction();
    }

    @Test
    void workers_finish_every_job_although_the_server_is_killed_in_between() {
        var jobs = postgres.jobs();
        var ran = ConcurrentHashMap.<String>newKeySet();
        for (int i = 0; i < 200; i++) {
            jobs.enqueue(NewJob.of(QUEUE, "" + i));
        }
        var settings =
                WorkerSettings.defaults().withLease(Duration.ofSeconds(2)).withPollInterval(Duration.ofSeconds(1));
        try (var worker = Worker.start(
                jobs, Map.of(QUEUE, execution -> ran.add(execution.job().payload())), settings)) {
            await().atMost(PATIENCE).until(() -> ran.size() > 20);
            server.kill();
            server.start();
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> jobs.depths().isEmpty());
            assertThat(worker.stop(PATIENCE)).isTrue();
        }
        assertThat(ran).hasSize(200);
        assertNothingIsLeftIdleInATransaction();
    }

    @Test
    void who_waits_for_work_hears_of_it_again_after_the_server_was_killed() throws Exception {
        var jobs = postgres.jobs();
        jobs.awaitWork(Set.of(QUEUE), Duration.ofMillis(200));
        server.kill();
        server.start();
        server.awaitListener(JOBS);

        jobs.claim(Set.of(QUEUE), 1, PATIENCE);
        long begun = System.nanoTime();
        var id = jobs.enqueue(NewJob.of(QUEUE, "")).id();
        jobs.awaitWork(Set.of(QUEUE), Duration.ofMinutes(5));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
        assertThat(jobs.find(id)).isPresent();
    }

    @Test
    @Tag("long")
    void a_connection_that_listens_is_not_given_up_for_being_quiet() throws Exception {
        postgres.jobs().awaitWork(Set.of(QUEUE), Duration.ofMillis(200));
        server.awaitListener(JOBS);
        var begun = "select min(backend_start) from pg_stat_activity where query = 'listen " + JOBS + "'";
        var before = Databases.query(postgres, begun);

        // Longer than the network may be silent while a statement is under way.
        await().during(Duration.ofSeconds(6))
                .atMost(PATIENCE)
                .until(() -> Databases.query(postgres, begun).equals(before));
    }

    @Test
    void whoever_waits_is_told_to_look_when_the_connection_that_listens_is_there_again() throws Exception {
        var jobs = postgres.jobs();
        jobs.awaitWork(Set.of(QUEUE), Duration.ofMillis(200));
        server.awaitListener(JOBS);
        jobs.claim(Set.of(QUEUE), 1, PATIENCE);
        var waiter = Thread.ofVirtual().start(() -> {
            try {
                jobs.awaitWork(Set.of(QUEUE), Duration.ofMinutes(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        server.relay().cut();

        assertThat(waiter.join(PATIENCE)).isTrue();
    }

    @Test
    void a_blob_whose_server_is_killed_while_it_is_read_is_a_failing_stream() throws IOException {
        var blobs = postgres.blobs();
        blobs.put("a", new ByteArrayInputStream(new byte[3 << 20]), PutOptions.defaults());
        try (var found = (Found) blobs.read("a", ReadOptions.whole())) {
            found.content().readNBytes(10);
            server.kill();
            assertThatThrownBy(() -> found.content().readAllBytes())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("read a chunk of a blob");
        }
    }

    @Test
    void an_upload_that_a_crash_of_the_server_cost_a_chunk_is_not_stored_with_a_hole() throws IOException {
        var blobs = postgres.blobs();
        var between = new ArrayDeque<Runnable>(List.of(
                () -> {},
                // The first chunk is on the disk for sure, and the second is not.
                () -> Databases.update(postgres, "checkpoint"),
                () -> {
                    server.kill();
                    server.start();
                }));
        var content = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }

            @Override
            public int readNBytes(byte[] buffer, int offset, int length) {
                var step = between.poll();
                if (step == null) {
                    return 0;
                }
                step.run();
                Arrays.fill(buffer, offset, offset + length, (byte) 'x');
                return length;
            }
        };

        try {
            blobs.put("a", content, PutOptions.defaults());
            // The second chunk had got to the disk after all.
            assertThat(read(blobs, "a")).hasSize(3 * PostgresBlobs.CHUNK_SIZE);
        } catch (BackingServiceException e) {
            assertThat(e).hasMessageContaining("the server crashed and lost a part of it");
            assertThat(blobs.stat("a")).isEmpty();
        }
    }

    @Test
    void a_statement_that_takes_too_long_is_cut_by_the_server() throws Exception {
        try (var connection = postgres.dataSource().getConnection();
                var statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("select pg_sleep(60)"))
                    .hasMessageContaining("statement timeout");
            assertThat(statement.execute("select 1")).isTrue();
        }
    }

    @Test
    void a_server_that_never_was_there_and_a_wrong_password_are_told_without_the_password() {
        try (var nobody = Postgres.attach("postgresql://app:s3cret@127.0.0.1:1/app", SETTINGS);
                var wrong = Postgres.attach(server.url().replaceFirst(":[^:@/]*@", ":s3cret@"), SETTINGS)) {
            for (var attached : List.of(nobody, wrong)) {
                assertThatThrownBy(attached::ping)
                        .isInstanceOf(BackingServiceException.class)
                        .hasMessageStartingWith("Could not ping on postgresql at 127.0.0.1:")
                        .hasMessageContaining(attached == nobody ? "refused" : "password authentication failed")
                        .hasMessageNotContaining("s3cret");
            }
        }
    }

    @Test
    void closing_leaves_no_connection_and_no_thread() throws Exception {
        postgres.blobs();
        postgres.jobs().awaitWork(Set.of(QUEUE), Duration.ofMillis(200));
        server.awaitListener(JOBS);

        postgres.close();

        try (var other = Postgres.attach(server.url(), SETTINGS)) {
            await().atMost(PATIENCE)
                    .until(() -> Databases.query(
                                    other,
                                    "select count(*) from pg_stat_activity where datname = '" + server.database() + "'")
                            .equals(List.of("0")));
        }
        postgres.close();
    }

    private interface Write {
        void write(int i) throws Exception;
    }

    /** Writes without end; what fails was not promised. */
    private static Thread writing(AtomicBoolean end, Write write) {
        return Thread.ofVirtual().start(() -> {
            for (int i = 0; !end.get(); i++) {
                try {
                    write.write(i);
                } catch (BackingServiceException e) {
                    // Killed in between.
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        });
    }

    private static void join(Thread thread) {
        try {
            assertThat(thread.join(PATIENCE)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static byte[] read(Blobs blobs, String key) throws IOException {
        try (var found = (Found) blobs.read(key, ReadOptions.whole())) {
            return found.content().readAllBytes();
        }
    }

    private void assertNothingIsLeftIdleInATransaction() {
        assertThat(Databases.query(
                        postgres,
                        "select count(*) from pg_stat_activity where datname = current_database()"
                                + " and state like 'idle in transaction%'"))
                .containsExactly("0");
    }
}
