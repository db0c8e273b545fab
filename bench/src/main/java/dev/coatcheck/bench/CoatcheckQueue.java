package dev.coatcheck.bench;

import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.postgres.PostgresSettings;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Ours: one worker, as an application starts it. */
final class CoatcheckQueue implements BenchedQueue {
    private static final List<NewJob> JOBS = Collections.nCopies(BATCH, NewJob.of("bench", "1"));

    private final Postgres postgres;
    private final int concurrency;
    private @Nullable Worker worker;

    CoatcheckQueue(String url, int connections, int concurrency) {
        // What is measured is how slow it gets, so that a slow statement is no error.
        postgres = Postgres.attach(
                url, PostgresSettings.defaults().withPoolSize(connections).withStatementTimeout(Duration.ofMinutes(1)));
        postgres.migrate();
        this.concurrency = concurrency;
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
        postgres.jobs().enqueueAll(JOBS);
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
