package dev.coatcheck.contracts.jobs;

import dev.coatcheck.state.jobs.Jobs;
import java.time.Duration;

/**
 * What every adapter of {@link Jobs} passes, cut by what it is about: {@link Enqueuing}, {@link Batching},
 * {@link Following}, {@link Claiming}, {@link Grouping}, {@link Ending}, {@link Forgetting}, {@link Controlling}, {@link Leasing},
 * {@link Awaiting}, {@link Counting}, {@link Scheduling}, {@link HostileText}, {@link Working}.
 *
 * <pre>{@code
 * class PostgresJobsTest extends JobsContract {
 *     @Override
 *     public Jobs jobs() {
 *         return postgres.jobs();
 *     }
 *
 *     @Override
 *     public Jobs jobsThatKeepTheDead(Duration kept) {
 *         return Postgres.attach(url, PostgresSettings.defaults().withDeadJobsKept(kept)).jobs();
 *     }
 * }
 * }</pre>
 */
public abstract class JobsContract
        implements Enqueuing,
                Batching,
                Following,
                Claiming,
                Grouping,
                Ending,
                Forgetting,
                Controlling,
                Leasing,
                Awaiting,
                Counting,
                Scheduling,
                HostileText,
                Working {

    /**
     * The jobs under test; called once in each test.
     *
     * @return a store that holds nothing of another test
     */
    @Override
    public abstract Jobs jobs();

    @Override
    public abstract Jobs jobsThatKeepTheDead(Duration kept);

    @Override
    public void tidyUp(Duration kept) {}
}
