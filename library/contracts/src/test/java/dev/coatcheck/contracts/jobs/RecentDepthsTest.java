package dev.coatcheck.contracts.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.jobs.TroubledJobs.Trouble;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.QueueDepth;
import dev.coatcheck.state.jobs.RecentDepths;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class RecentDepthsTest {
    private final InMemoryJobs store = new InMemoryJobs(InstantSource.system());
    private final TroubledJobs jobs = new TroubledJobs(store);

    @Test
    void several_questions_at_once_are_one_to_the_store() {
        var depths = new RecentDepths(jobs, Duration.ofHours(1));
        store.enqueue(NewJob.of("mail", ""));
        assertThat(depths.of("mail").map(QueueDepth::waiting)).contains(1L);

        store.enqueue(NewJob.of("mail", ""));
        jobs.set(Trouble.FAILS);

        assertThat(depths.of("mail").map(QueueDepth::waiting)).contains(1L);
        assertThat(depths.of("empty").map(QueueDepth::waiting)).contains(0L);
    }

    @Test
    void an_answer_that_is_too_old_is_asked_for_anew() {
        var depths = new RecentDepths(jobs, Duration.ZERO);
        assertThat(depths.of("mail").map(QueueDepth::waiting)).contains(0L);

        store.enqueue(NewJob.of("mail", ""));

        assertThat(depths.of("mail").map(QueueDepth::waiting)).contains(1L);
    }

    @Test
    void a_store_that_cannot_be_reached_gives_no_numbers_and_is_not_asked_for_each() {
        var depths = new RecentDepths(jobs, Duration.ofHours(1));
        jobs.set(Trouble.FAILS);
        assertThat(depths.of("mail")).isEmpty();

        jobs.set(Trouble.NONE);

        assertThat(depths.of("mail")).isEmpty();
        assertThat(new RecentDepths(jobs, Duration.ZERO).of("mail")).isPresent();
    }
}
