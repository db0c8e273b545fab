package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.jobs.JobInboxContract;
import dev.coatcheck.state.jobs.JobId;
import dev.coatcheck.state.jobs.JobInbox;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.RelayedJob;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisJobInboxContractTest extends JobInboxContract {
    private static final String RELAYED = "coatcheck:{coatcheck:jobs}:relayed";

    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    protected Jobs jobs() {
        return store.redis().jobs();
    }

    @Override
    protected JobInbox inbox() {
        return store.redis().jobs();
    }

    @Test
    void what_is_confirmed_is_known_for_an_hour_and_the_rest_for_a_month_and_not_for_ever() {
        var open = new RelayedJob(JobId.next(), NewJob.of("mail", ""));
        var confirmed = new RelayedJob(JobId.next(), NewJob.of("mail", ""));
        inbox().accept(List.of(open, confirmed));

        inbox().confirm(List.of(confirmed.id(), JobId.next()));

        assertThat(knownFor(open)).isBetween(Duration.ofDays(29), Duration.ofDays(30));
        assertThat(knownFor(confirmed)).isBetween(Duration.ofMinutes(50), Duration.ofHours(1));
        assertThat(store.besides().zcard(RELAYED)).isEqualTo(2);
        store.besides().zadd(RELAYED, 1, confirmed.id().toString());
        inbox().accept(List.of());
        assertThat(store.besides().zrange(RELAYED, 0, -1))
                .containsExactly(open.id().toString());
    }

    @Test
    void a_job_that_is_still_here_is_known_also_when_it_has_been_forgotten_that_it_came() {
        var relayed = new RelayedJob(JobId.next(), NewJob.of("mail", ""));
        inbox().accept(List.of(relayed));
        var claimed = jobs().claim(Set.of("mail"), 1, Duration.ofMinutes(5)).get(0);
        store.besides().del(RELAYED);

        inbox().accept(List.of(relayed));

        assertThat(jobs().claim(Set.of("mail"), 1, Duration.ofMinutes(5))).isEmpty();
        assertThat(jobs().complete(claimed)).isTrue();
        assertThat(jobs().depths()).isEmpty();
    }

    @Test
    void what_has_been_known_for_long_enough_is_forgotten_a_little_at_a_time() {
        var old = IntStream.range(0, 2_500).boxed().flatMap(i -> Stream.<Object>of(1.0, "old " + i));
        store.besides().zadd(RELAYED, old.toArray());

        inbox().accept(List.of());
        assertThat(store.besides().zcard(RELAYED)).isEqualTo(1_500);
        inbox().confirm(List.of());
        assertThat(store.besides().zcard(RELAYED)).isEqualTo(500);
        inbox().confirm(List.of());
        assertThat(store.besides().zcard(RELAYED)).isZero();
    }

    private Duration knownFor(RelayedJob job) {
        double until = store.besides().zscore(RELAYED, job.id().toString());
        return Duration.ofMillis((long) (until / 1_000) - System.currentTimeMillis());
    }
}
