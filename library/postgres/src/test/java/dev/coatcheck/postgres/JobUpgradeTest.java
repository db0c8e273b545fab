package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.Enqueued.Duplicate;
import dev.coatcheck.state.jobs.GroupLimit;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.StoredJob;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jobs of a database that an earlier release made, and processes of that release beside those of this one. */
class JobUpgradeTest {
    private static final Duration LEASE = Duration.ofMinutes(1);

    /** The last version of the schema whose jobs had no groups. */
    private static final int BEFORE = 9;

    @RegisterExtension
    final Databases databases = new Databases();

    private Postgres postgres = databases.fresh();

    @BeforeEach
    void makeTheEarlierSchema() throws SQLException {
        try (var connection = postgres.dataSource().getConnection()) {
            new Schema(Schema.MIGRATIONS.subList(0, BEFORE)).migrate(connection);
        }
        postgres = databases.attach(PostgresSettings.defaults());
    }

    @Test
    void jobs_in_every_state_go_on_after_the_upgrade() {
        var waiting = enqueueAsBefore("waiting", "key");
        var dead = enqueueAsBefore("dead", null);
        query(postgres, "update coatcheck.jobs set state = 2 where payload = 'dead' returning id");
        var running = enqueueAsBefore("running", null);
        query(postgres, "update coatcheck.jobs set priority = 1 where payload = 'running' returning id");
        assertThat(query(postgres, "select id from coatcheck.claim_jobs_v1('{mail}', 1, 60000000)"))
                .containsExactly(running.toString());

        var jobs = postgres.jobs();

        assertThat(jobs.enqueue(NewJob.of("mail", "").withUniqueKey("key")))
                .isEqualTo(new Duplicate(new JobId(waiting)));
        assertThat(jobs.claim(Set.of("mail"), 5, LEASE))
                .extracting(ClaimedJob::payload)
                .containsExactly("waiting");
        assertThat(jobs.list("mail", JobState.DEAD, 5))
                .extracting(StoredJob::id)
                .containsExactly(new JobId(dead));
        assertThat(jobs.replay(new JobId(dead))).isTrue();
        assertThat(query(postgres, "select coatcheck.give_back_jobs_v1('{%s}', '{1}')".formatted(running)))
                .hasSize(1);
        assertThat(jobs.completeAll(jobs.claim(Set.of("mail"), 5, LEASE))).hasSize(2);
    }

    @Test
    void an_earlier_release_and_this_one_share_the_queue_and_its_limits() {
        var jobs = postgres.jobs();
        jobs.limitGroups("mail", GroupLimit.none().withConcurrency(1));
        jobs.enqueue(NewJob.of("mail", "1").withGroup("ada"));
        jobs.enqueue(NewJob.of("mail", "2").withGroup("ada"));
        enqueueAsBefore("3", null);

        assertThat(query(postgres, "select payload from coatcheck.claim_jobs_v1('{mail}', 5, 60000000)"))
                .containsExactlyInAnyOrder("1", "3");
        assertThat(jobs.claim(Set.of("mail"), 5, LEASE)).isEmpty();
        query(postgres, "delete from coatcheck.jobs where payload = '1' returning id");
        assertThat(jobs.claim(Set.of("mail"), 5, LEASE))
                .extracting(ClaimedJob::payload)
                .containsExactly("2");
    }

    @Test
    void the_release_before_and_this_one_take_turns_at_a_queue_and_share_its_limits() {
        var jobs = postgres.jobs();
        jobs.limitGroups("mail", GroupLimit.none().withConcurrency(2));
        var job = NewJob.of("mail", "");
        jobs.enqueueAll(
                List.of(job.withGroup("ada"), job.withGroup("ada"), job.withGroup("ada"), job.withGroup("bob"), job));
        var known = new HashMap<String, String>();

        var claimed = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            claimed.addAll(claim("v3", known));
            claimed.addAll(claim("v4", known));
        }
        assertThat(claimed).containsExactlyInAnyOrder("ada", "ada", "bob", "");

        query(postgres, "delete from coatcheck.jobs where state = 1 returning id");
        assertThat(claim("v3", known)).containsExactly("ada");
        assertThat(claim("v4", known)).isEmpty();
    }

    /** Claims one job as a release does, and returns its group. */
    private List<String> claim(String version, Map<String, String> known) {
        var rows = new ArrayList<>(query(
                postgres,
                "select coalesce(known::text, grp, '') from coatcheck.claim_jobs_%s('{mail}', 1, 60000000, '%s', true)"
                        .formatted(version, known.getOrDefault(version, "{}"))));
        known.put(version, rows.remove(rows.size() - 1));
        return rows;
    }

    @Test
    void jobs_of_any_priority_that_an_earlier_release_enqueued_are_listed_and_claimed_in_their_order() {
        var ids = new HashMap<Integer, JobId>();
        for (int priority : new int[] {Integer.MIN_VALUE, 1_000_000, -101, Integer.MAX_VALUE}) {
            ids.put(priority, new JobId(enqueueAsBefore("" + priority, null, priority)));
        }
        var jobs = postgres.jobs();
        jobs.enqueue(NewJob.of("mail", "100").withPriority(100));

        assertThat(jobs.list("mail", JobState.WAITING, 10))
                .extracting(StoredJob::priority)
                .containsExactly(Integer.MAX_VALUE, 1_000_000, 100, -101, Integer.MIN_VALUE);
        assertThat(jobs.find(requireNonNull(ids.get(Integer.MIN_VALUE)))).isPresent();
        for (var expected : List.of("" + Integer.MAX_VALUE, "1000000", "100", "-101", "" + Integer.MIN_VALUE)) {
            assertThat(jobs.completeAll(jobs.claim(Set.of("mail"), 1, LEASE)))
                    .extracting(ClaimedJob::payload)
                    .containsExactly(expected);
        }
    }

    private UUID enqueueAsBefore(String payload, @Nullable String key) {
        return enqueueAsBefore(payload, key, 0);
    }

    private UUID enqueueAsBefore(String payload, @Nullable String key, int priority) {
        var id = UUID.randomUUID();
        var sql = "select coatcheck.enqueue_job_v1('%s', 'mail', '%s', 0, %d, %s, 3, 1000, 1000)"
                .formatted(id, payload, priority, key == null ? "null" : "'" + key + "'");
        assertThat(query(postgres, sql)).containsExactly(id.toString());
        return id;
    }
}
