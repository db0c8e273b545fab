package dev.coatcheck.contracts.jobs;

import dev.coatcheck.state.jobs.JobInbox;
import dev.coatcheck.state.jobs.Jobs;
import java.time.InstantSource;

class InMemoryJobInboxTest extends JobInboxContract {
    private final InMemoryJobs store = new InMemoryJobs(InstantSource.system());

    @Override
    protected Jobs jobs() {
        return store;
    }

    @Override
    protected JobInbox inbox() {
        return store;
    }
}
