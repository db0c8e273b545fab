package dev.coatcheck.redis;

import dev.coatcheck.contracts.limits.LimitsContract;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisLimitsContractTest extends LimitsContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    protected Limits limits() {
        return store.redis().limits(new OnOutage.Closed());
    }
}
