package dev.coatcheck.contracts.jobs;

import dev.coatcheck.state.jobs.Jobs;

/**
 * What every adapter of {@link Jobs} passes, cut by what it is about: {@link Enqueuing}, {@link Batching},
 * {@link Following}, {@link Claiming}, {@link Grouping}, {@link Ending}, {@link Controlling}, {@link Leasing}, {@link Awaiting},
 * {@link Counting}, {@link Scheduling}, {@link HostileText}, {@link Working}.
 *
 * <pre>{@code
 * class PostgresJobsTest extends JobsContract {
 *     @Override
 *     public Jobs jobs() {
 *         return postgres.jobs();
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
}
