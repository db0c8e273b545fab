package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;
import static dev.coatcheck.postgres.Databases.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.contracts.jobs.InMemoryJobs;
import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobInbox;
import dev.coatcheck.state.jobs.JobOutbox;
import dev.coatcheck.state.jobs.JobRelay;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.RelayedJob;
import dev.coatcheck.state.jobs.Retry;
import dev.coatcheck.state.jobs.StoredJob;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jobs that are enqueued in a transaction here and wait elsewhere: in memory, which takes each once as Redis does. */
class PostgresOutboxTest {
    private static final String QUEUE = "mail";
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @RegisterExtension
    final Databases databases = new Databases();

    private final Postgres postgres = databases.empty();
    private final PostgresOutbox outbox = postgres.outbox();
    private final InMemoryJobs elsewhere = new InMemoryJobs(InstantSource.system());

    @Test
    void a_job_goes_on_its_way_with_the_callers_transaction_or_not_at_all() throws SQLException {
        try (var connection = begin()) {
            outbox.enqueue(connection, NewJob.of(QUEUE, "undone"));
            connection.rollback();
        }
        JobId id;
        try (var connection = begin()) {
            id = outbox.enqueue(connection, NewJob.of(QUEUE, "done"));
            assertThat(outbox.moveOut(10, elsewhere::accept)).isEmpty();
            connection.commit();
        }

        assertThat(outbox.moveOut(10, elsewhere::accept))
                .extracting(RelayedJob::id)
                .containsExactly(id);

        assertThat(claimed()).extracting(ClaimedJob::payload).containsExactly("done");
        assertThat(waiting()).isZero();
        assertThat(outbox.moveOut(10, elsewhere::accept)).isEmpty();
    }

    @Test
    void a_job_comes_out_as_it_went_in_with_what_is_left_of_its_delay() throws SQLException {
        var job = NewJob.of(QUEUE, "\ud83e\udde5 {}")
                .withGroup("ada")
                .withPriority(-3)
                .withUniqueKey("")
                .withRetry(new Retry(3, Duration.ofMillis(5), Duration.ofDays(40)));
        put(job, job.withDelay(LONG), NewJob.of(QUEUE, "").withDelay(Duration.ofDays(366 * 1000)));

        var moved = outbox.moveOut(10, jobs -> {});

        assertThat(moved).hasSize(3);
        assertThat(moved.get(0).job()).isEqualTo(job);
        var left = moved.get(1).job().delay();
        assertThat(left).isBetween(LONG.minusSeconds(30), LONG);
        assertThat(moved.get(1).job()).isEqualTo(job.withDelay(left));
    }

    @Test
    void a_job_that_an_earlier_release_put_there_with_any_priority_comes_out_with_the_nearest() {
        for (int priority : new int[] {Integer.MIN_VALUE, -101, 100, 1_000_000}) {
            query(postgres, """
                    select coatcheck.put_into_job_outbox_v1(
                        array[gen_random_uuid()], '{mail}', array[null], array['%1$d'], '{0}', '{%1$d}', array[null], '{3}', '{1000}',
                        '{1000}')
                    """.formatted(priority));
        }

        outbox.moveOut(10, elsewhere::accept);

        assertThat(elsewhere.list(QUEUE, JobState.WAITING, 10))
                .extracting(job -> job.payload() + " is " + job.priority())
                .containsExactlyInAnyOrder(
                        Integer.MIN_VALUE + " is -100", "-101 is -100", "100 is 100", "1000000 is 100");
    }

    @Test
    void what_a_relay_has_put_there_and_not_removed_here_is_there_once() throws SQLException {
        put(NewJob.of(QUEUE, "1"), NewJob.of(QUEUE, "2"));

        assertThatThrownBy(() -> outbox.moveOut(10, jobs -> {
                    elsewhere.accept(jobs);
                    throw new BackingServiceException("the store", "answer", new IllegalStateException("cut off"));
                }))
                .isInstanceOf(BackingServiceException.class);
        assertThat(waiting()).isEqualTo(2);
        elsewhere.completeAll(elsewhere.claim(Set.of(QUEUE), 1, LONG));
        assertThat(outbox.moveOut(10, elsewhere::accept)).hasSize(2);

        assertThat(claimed()).extracting(ClaimedJob::payload).containsExactly("2");
        assertThat(waiting()).isZero();
    }

    @Test
    void a_priority_that_only_an_earlier_release_gave_becomes_the_nearest_there_is() throws SQLException {
        put(NewJob.of(QUEUE, "high"), NewJob.of(QUEUE, "low"));
        update(
                postgres,
                "update coatcheck.job_outbox set priority = case payload when 'high' then 2147483647 else -2147483648 end");

        assertThat(outbox.moveOut(10, elsewhere::accept)).hasSize(2);

        assertThat(elsewhere.list(QUEUE, JobState.WAITING, 10))
                .extracting(StoredJob::payload, StoredJob::priority)
                .containsExactlyInAnyOrder(tuple("high", NewJob.MAX_PRIORITY), tuple("low", NewJob.MIN_PRIORITY));
        assertThat(claimed()).extracting(ClaimedJob::payload).containsExactly("high", "low");
    }

    @Test
    void what_a_killed_process_was_moving_is_moved_by_another() throws SQLException {
        put(NewJob.of(QUEUE, "1"), NewJob.of(QUEUE, "2"));
        List<String> putThere;
        try (var peer = Peer.start(JobProcesses.OfPostgres.class, databases.url(), MoveHalf.class)) {
            putThere = List.of(peer.hear(), peer.hear());
            assertThat(outbox.moveOut(10, elsewhere::accept)).isEmpty();
            peer.kill();
        }

        var moved =
                await().atMost(PATIENCE).until(() -> outbox.moveOut(10, elsewhere::accept), jobs -> !jobs.isEmpty());

        assertThat(moved).extracting(job -> job.id().toString()).isEqualTo(putThere);
        assertThat(claimed()).extracting(ClaimedJob::payload).containsExactly("1", "2");
    }

    /** Says which jobs it has put there, and never comes to remove them here. */
    public static final class MoveHalf implements PeerAction<Postgres> {
        @Override
        public void run(Postgres postgres, List<String> arguments, Conversation conversation) {
            postgres.outbox().moveOut(10, jobs -> {
                jobs.forEach(job -> conversation.say(job.id().toString()));
                conversation.hear();
            });
        }
    }

    @Test
    void what_could_not_be_put_there_stays_here_in_its_order() throws SQLException {
        put(NewJob.of(QUEUE, "1"), NewJob.of(QUEUE, "2"), NewJob.of(QUEUE, "3"));

        assertThatThrownBy(() -> outbox.moveOut(2, jobs -> {
                    throw new IllegalStateException("full");
                }))
                .hasMessage("full");

        assertThat(outbox.moveOut(2, elsewhere::accept)).hasSize(2);
        assertThat(claimed()).extracting(ClaimedJob::payload).containsExactly("1", "2");
        assertThat(waiting()).isEqualTo(1);
    }

    @Test
    void a_relay_that_is_in_the_middle_holds_up_no_other_and_two_move_no_job_twice() throws Exception {
        put(IntStream.range(0, 4).mapToObj(i -> NewJob.of(QUEUE, "" + i)).toArray(NewJob[]::new));
        var inTheMiddle = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        Together.run(2, thread -> {
            if (thread == 0) {
                outbox.moveOut(2, jobs -> {
                    inTheMiddle.countDown();
                    awaitUninterrupted(goOn);
                    elsewhere.accept(jobs);
                });
            } else {
                awaitUninterrupted(inTheMiddle);
                assertThat(outbox.moveOut(10, elsewhere::accept)).hasSize(2);
                goOn.countDown();
            }
        });

        assertThat(claimed()).extracting(ClaimedJob::payload).containsExactlyInAnyOrder("0", "1", "2", "3");
    }

    @Test
    void relays_are_told_of_jobs_and_move_all_of_them_once_although_the_other_store_fails_now_and_then()
            throws Exception {
        var moves = new AtomicInteger();
        var troubled = new JobInbox() {
            @Override
            public void accept(List<RelayedJob> jobs) {
                int move = moves.incrementAndGet();
                if (move == 2) {
                    throw new BackingServiceException("the store", "answer", new IllegalStateException("away"));
                }
                elsewhere.accept(jobs);
                if (move == 3) {
                    throw new BackingServiceException("the store", "answer", new IllegalStateException("cut off"));
                }
            }

            @Override
            public void confirm(Collection<JobId> ids) {
                elsewhere.confirm(ids);
            }
        };
        try (var one = JobRelay.start(outbox, troubled);
                var two = JobRelay.start(
                        databases.attach(PostgresSettings.defaults()).outbox(), troubled)) {
            assertThat(List.of(one, two)).doesNotContainNull();
            for (int batch = 0; batch < 20; batch++) {
                put(IntStream.range(0, 50).mapToObj(i -> NewJob.of(QUEUE, "")).toArray(NewJob[]::new));
            }
            var ids = new ArrayList<JobId>();
            await().atMost(PATIENCE).until(() -> {
                claimed().forEach(job -> ids.add(job.id()));
                return ids.size() >= 1_000 && waiting() == 0;
            });
            assertThat(ids).hasSize(1_000).doesNotHaveDuplicates();

            put(NewJob.of(QUEUE, "late"));
            await().atMost(PATIENCE).until(() -> claimed().size() == 1);
        }
    }

    @Test
    void a_relay_without_jobs_looks_no_more_until_it_is_told() throws Exception {
        var looks = new AtomicInteger();
        var counted = new JobOutbox() {
            @Override
            public List<RelayedJob> moveOut(int max, Consumer<List<RelayedJob>> move) {
                looks.incrementAndGet();
                return outbox.moveOut(max, move);
            }

            @Override
            public void awaitJobs(Duration timeout) throws InterruptedException {
                outbox.awaitJobs(timeout);
            }
        };
        try (var relay = JobRelay.start(counted, elsewhere)) {
            assertThat(relay).isNotNull();
            put(NewJob.of(QUEUE, ""));
            await().atMost(PATIENCE).until(() -> claimed().size() == 1);
            var last = new AtomicInteger();
            await().during(Duration.ofSeconds(1))
                    .atMost(PATIENCE)
                    .until(() -> last.getAndSet(looks.get()) == looks.get());

            put(NewJob.of(QUEUE, "late"));
            await().atMost(PATIENCE).until(() -> claimed().size() == 1);
        }
    }

    private List<ClaimedJob> claimed() {
        return elsewhere.claim(Set.of(QUEUE), 10_000, LONG);
    }

    private long waiting() {
        return Long.parseLong(
                query(postgres, "select count(*) from coatcheck.job_outbox").get(0));
    }

    private void put(NewJob... jobs) throws SQLException {
        try (var connection = begin()) {
            assertThat(outbox.enqueueAll(connection, List.of(jobs))).hasSize(jobs.length);
            connection.commit();
        }
    }

    private Connection begin() throws SQLException {
        var connection = postgres.dataSource().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
