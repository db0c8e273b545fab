package dev.coatcheck.redis;

import dev.coatcheck.contracts.leases.LeasesContract;
import dev.coatcheck.state.leases.LeaseStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisLeasesContractTest extends LeasesContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    public LeaseStore store() {
        return store.redis().leaseStore();
    }
}
