package dev.coatcheck.contracts.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.faults.Operation.Outage;
import dev.coatcheck.contracts.faults.Operation.Preparation;
import dev.coatcheck.contracts.faults.Operation.Room;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.JobState;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** What an application, and a worker of its, does with jobs. */
final class JobOperations {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Jobs jobs;

    private JobOperations(Jobs jobs) {
        this.jobs = jobs;
    }

    static List<Operation> of(Jobs jobs) {
        return new JobOperations(jobs).all();
    }

    private List<Operation> all() {
        return List.of(
                operation("enqueue a job", Room.SOME, () -> () -> enqueue(queue())),
                operation("claim a job", Room.SOME, () -> {
                    var queue = queue();
                    enqueue(queue);
                    return () -> claim(queue);
                }),
                operation("renew a job", Room.SOME, () -> {
                    var job = claimed();
                    return () -> assertThat(jobs.renew(List.of(job), LONG)).hasSize(1);
                }),
                operation("complete a job", Room.SOME, () -> {
                    var job = claimed();
                    return () -> assertThat(jobs.complete(job)).isTrue();
                }),
                operation("give a job back", Room.SOME, () -> {
                    var job = claimed();
                    return () -> jobs.giveBack(List.of(job));
                }),
                operation("cancel a job", Room.SOME, () -> {
                    var job = claimed();
                    return () -> assertThat(jobs.cancel(job.id())).contains(JobState.RUNNING);
                }),
                operation("list jobs", Room.NONE, () -> {
                    var queue = queue();
                    enqueue(queue);
                    return () ->
                            assertThat(jobs.list(queue, JobState.WAITING, 10)).hasSize(1);
                }),
                operation("count jobs", Room.NONE, () -> {
                    var queue = queue();
                    enqueue(queue);
                    return () -> assertThat(jobs.depths()).containsKey(queue);
                }));
    }

    private ClaimedJob claimed() {
        var queue = queue();
        enqueue(queue);
        return claim(queue);
    }

    private void enqueue(String queue) {
        jobs.enqueue(NewJob.of(queue, "payload"));
    }

    private ClaimedJob claim(String queue) {
        var claimed = jobs.claim(Set.of(queue), 1, LONG);
        assertThat(claimed).hasSize(1);
        return claimed.get(0);
    }

    private static String queue() {
        return UUID.randomUUID().toString();
    }

    private static Operation operation(String name, Room room, Preparation preparation) {
        return new Operation(name, Outage.FAILS, room, preparation);
    }
}
