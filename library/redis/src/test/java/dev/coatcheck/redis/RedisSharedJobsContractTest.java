package dev.coatcheck.redis;

import dev.coatcheck.contracts.jobs.SharedJobsContract;
import dev.coatcheck.state.jobs.Jobs;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisSharedJobsContractTest extends SharedJobsContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    protected Jobs jobs() {
        return store.redis().jobs();
    }

    @Override
    protected Class<Factories.OfJobs> factory() {
        return Factories.OfJobs.class;
    }

    @Override
    protected String url() {
        return store.url();
    }
}
