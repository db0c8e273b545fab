package dev.coatcheck.redis;

import dev.coatcheck.contracts.limits.SharedLimitsContract;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisSharedLimitsContractTest extends SharedLimitsContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    protected Limits limits() {
        return store.redis().limits(new OnOutage.Closed());
    }

    @Override
    protected Class<Factories.OfLimits> factory() {
        return Factories.OfLimits.class;
    }

    @Override
    protected String url() {
        return store.url();
    }
}
