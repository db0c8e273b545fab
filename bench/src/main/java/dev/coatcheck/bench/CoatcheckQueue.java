package dev.coatcheck.bench;

import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.postgres.PostgresSettings;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Ours: one worker, as an application starts it. */
final class CoatcheckQueue implements BenchedQueue {
    private final Postgres postgres;
    private final int concurrency;
    private final List<NewJob> jobs;
    private @Nullable Worker worker;

    /** @param groups in how many the jobs are; 0 where they are in none */
    CoatcheckQueue(String url, int connections, int concurrency, int groups) {
        // What is measured is how slow it gets, so that a slow statement is no error.
        postgres = Postgres.attach(
                url, PostgresSettings.defaults().withPoolSize(connections).withStatementTimeout(Duration.ofMinutes(1)));
        postgres.migrate();
        this.concurrency = concurrency;
        var job = NewJob.of("bench", "1");
        this.jobs = IntStream.range(0, BATCH)
                .mapToObj(i -> groups == 0 ? job : job.withGroup("group " + i % groups))
                .toList();
    }

    @Override
    public String name() {
        return "coatcheck";
    }

    @Override
    public String table() {
        return "coatcheck.jobs";
    }

    @Override
    public void enqueue() {
        postgres.jobs().enqueueAll(jobs);
    }

    @Override
    public void start(LongAdder done) {
        worker = Worker.start(
                postgres.jobs(),
                Map.of("bench", execution -> done.increment()),
                WorkerSettings.defaults().withConcurrency(concurrency));
    }

    @Override
    public void close() {
        if (worker != null) {
            worker.close();
        }
        postgres.close();
    }
}
