package dev.coatcheck.contracts.jobs;

import static dev.coatcheck.contracts.jobs.JobsUnderTest.claim;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.claimOne;
import static dev.coatcheck.contracts.jobs.JobsUnderTest.depth;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.jobs.Cron;
import dev.coatcheck.state.jobs.Enqueued.Added;
import dev.coatcheck.state.jobs.FireResult.AlreadyFired;
import dev.coatcheck.state.jobs.FireResult.Early;
import dev.coatcheck.state.jobs.FireResult.Fired;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Schedule;
import dev.coatcheck.state.jobs.Schedule.Missed;
import dev.coatcheck.state.jobs.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Schedules fire once for each time, whoever asks and however often. Clocks are a day behind, so that times can be chosen. */
interface Scheduling extends JobsUnderTest {
    String NAME = "report";

    @Test
    default void each_time_of_a_schedule_fires_once_and_none_that_is_earlier_than_the_last() {
        var jobs = jobs();
        var at = yesterday();
        var job = NewJob.of(QUEUE, "1");

        assertThat(jobs.fire(NAME, at, job))
                .isInstanceOfSatisfying(
                        Fired.class, fired -> assertThat(fired.job()).isInstanceOf(Added.class));
        assertThat(jobs.fire(NAME, at, job)).isEqualTo(new AlreadyFired());
        assertThat(jobs.fire(NAME, at.minusSeconds(60), job)).isEqualTo(new AlreadyFired());
        assertThat(jobs.fire("other", at, NewJob.of("other", ""))).isInstanceOf(Fired.class);
        assertThat(jobs.fire(NAME, at.plusSeconds(60), NewJob.of(QUEUE, "2"))).isInstanceOf(Fired.class);

        assertThat(claim(jobs, 10, LONG))
                .extracting(claimed -> claimed.payload())
                .containsExactly("1", "2");
    }

    @Test
    default void by_the_stores_clock_it_is_never_too_early() {
        var jobs = jobs();

        var result = jobs.fire(NAME, Instant.now().plus(1, ChronoUnit.HOURS), NewJob.of(QUEUE, ""));

        assertThat(((Early) result).left()).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
        assertThat(jobs.depths()).isEmpty();
        assertThat(jobs.fire(NAME, yesterday(), NewJob.of(QUEUE, ""))).isInstanceOf(Fired.class);
    }

    @Test
    default void of_many_who_fire_one_time_at_once_one_does() {
        var jobs = jobs();
        for (int round = 0; round < 10; round++) {
            var at = yesterday().plusSeconds(round);

            var results = Together.call(6, thread -> jobs.fire(NAME, at, NewJob.of(QUEUE, "")));

            assertThat(results).filteredOn(Fired.class::isInstance).hasSize(1);
            jobs.complete(claimOne(jobs, LONG));
        }
    }

    @Test
    default void a_schedule_that_is_new_begins_when_it_is_first_seen() {
        var jobs = jobs();
        var now = yesterday();

        assertThat(jobs.lastFired(NAME, now)).isEqualTo(now);
        assertThat(jobs.lastFired(NAME, now.plusSeconds(60))).isEqualTo(now);
        jobs.fire(NAME, now.plusSeconds(1), NewJob.of(QUEUE, ""));
        assertThat(jobs.lastFired(NAME, now)).isEqualTo(now.plusSeconds(1));
    }

    @Test
    default void a_schedule_does_not_begin_in_the_future_because_a_process_is_ahead() {
        var jobs = jobs();

        var begun = jobs.lastFired(NAME, Instant.now().plus(1, ChronoUnit.HOURS));

        assertThat(begun).isBefore(Instant.now().plusSeconds(60));
        assertThat(jobs.lastFired(NAME, yesterday())).isEqualTo(begun);
    }

    @Test
    default void several_schedulers_enqueue_one_job_for_each_time_and_one_that_starts_again_none() {
        var jobs = jobs();
        var minute = yesterday().truncatedTo(ChronoUnit.MINUTES);
        var schedule = schedule("* * * * *");
        var clock = clockThatBegins(minute.minusSeconds(2));
        try (var one = Scheduler.start(jobs, List.of(schedule), clock);
                var two = Scheduler.start(jobs, List.of(schedule), clock);
                var three = Scheduler.start(jobs, List.of(schedule), clock)) {
            assertThat(List.of(one, two, three)).doesNotContainNull();
            assertThat(awaitOne(jobs)).isEqualTo(minute.toString());
        }
        try (var again = Scheduler.start(jobs, List.of(schedule), clock)) {
            assertThat(again).isNotNull();
            await().during(Duration.ofMillis(300))
                    .atMost(PATIENCE)
                    .until(() -> claim(jobs, 1, LONG).isEmpty());
        }
    }

    @Test
    default void of_the_times_that_were_missed_the_last_is_made_up_for_unless_they_are_skipped() {
        var jobs = jobs();
        var now = yesterday().truncatedTo(ChronoUnit.HOURS).plus(30, ChronoUnit.MINUTES);
        var hourly = schedule("0 * * * *");
        var skipping = new Schedule("skipping", hourly.cron(), at -> NewJob.of("other", ""), Missed.SKIP);
        jobs.lastFired(hourly.name(), now.minus(5, ChronoUnit.HOURS));
        jobs.lastFired(skipping.name(), now.minus(5, ChronoUnit.HOURS));

        try (var scheduler = Scheduler.start(jobs, List.of(skipping, hourly), clockThatBegins(now))) {
            assertThat(scheduler).isNotNull();
            assertThat(awaitOne(jobs))
                    .isEqualTo(now.truncatedTo(ChronoUnit.HOURS).toString());
        }
        assertThat(jobs.depths()).isEmpty();
    }

    @Test
    default void two_schedules_of_one_name_are_refused() {
        var jobs = jobs();
        var twice = List.of(schedule("* * * * *"), schedule("0 * * * *"));

        assertThatThrownBy(() -> Scheduler.start(jobs, twice, InstantSource.system()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(NAME);
    }

    private static Schedule schedule(String cron) {
        return Schedule.of(NAME, Cron.parse(cron, ZoneOffset.UTC), at -> NewJob.of(QUEUE, at.toString()));
    }

    private static Instant yesterday() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS).minus(1, ChronoUnit.DAYS);
    }

    private static InstantSource clockThatBegins(Instant begin) {
        var offset = Duration.between(Instant.now(), begin);
        return () -> Instant.now().plus(offset);
    }

    /** The payload of the one job that is bound to come, which is done then. */
    private static String awaitOne(Jobs jobs) {
        await().atMost(PATIENCE).until(() -> depth(jobs).waiting() == 1);
        var claimed = claimOne(jobs, LONG);
        jobs.complete(claimed);
        return claimed.payload();
    }
}
