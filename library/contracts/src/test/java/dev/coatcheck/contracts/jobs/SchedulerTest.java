package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.PATIENCE;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.QUEUE;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.depth;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.jobs.Cron;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Schedule;
import dev.coatcheck.state.jobs.Schedule.Missed;
import dev.coatcheck.state.jobs.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The scheduler of a process whose clock is not the store's. */
class SchedulerTest {
    private static final Instant TIME = Instant.parse("2025-03-01T12:00:00Z");

    @ParameterizedTest
    @EnumSource
    void a_process_that_is_ahead_of_the_store_fires_at_the_stores_time_and_misses_nothing(Missed missed) {
        var stores = clockThatBegins(TIME.minusSeconds(2));
        var jobs = new InMemoryJobs(stores);
        var schedule = new Schedule(
                "report", Cron.parse("* * * * *", ZoneOffset.UTC), at -> NewJob.of(QUEUE, at.toString()), missed);
        InstantSource ahead = () -> stores.instant().plus(Duration.ofMinutes(5));

        try (var scheduler = Scheduler.start(jobs, List.of(schedule), ahead)) {
            assertThat(scheduler).isNotNull();
            await().atMost(PATIENCE).until(() -> depth(jobs).waiting() == 1);
        }

        assertThat(jobs.list(QUEUE, JobState.WAITING, 10))
                .singleElement()
                .satisfies(job -> assertThat(job.payload()).isEqualTo(TIME.toString()));
    }

    private static InstantSource clockThatBegins(Instant begin) {
        var offset = Duration.between(Instant.now(), begin);
        return () -> Instant.now().plus(offset);
    }
}
