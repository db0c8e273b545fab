package dev.coatcheck.contracts.jobs;

import dev.coatcheck.state.jobs.Jobs;
import java.time.Duration;
import java.time.InstantSource;

class InMemoryJobsTest extends JobsContract {
    @Override
    public Jobs jobs() {
        return new InMemoryJobs(InstantSource.system());
    }

    @Override
    public Jobs jobsThatKeepTheDead(Duration kept) {
        return new InMemoryJobs(InstantSource.system(), kept);
    }
}
