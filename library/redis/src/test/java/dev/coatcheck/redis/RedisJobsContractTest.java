package dev.coatcheck.redis;

import dev.coatcheck.contracts.jobs.JobsContract;
import dev.coatcheck.state.jobs.Jobs;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisJobsContractTest extends JobsContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    public Jobs jobs() {
        return store.redis().jobs();
    }

    @Override
    public Jobs jobsThatKeepTheDead(Duration kept) {
        return store.attach(TestRedis.PATIENT.withDeadJobsKept(kept)).jobs();
    }
}
