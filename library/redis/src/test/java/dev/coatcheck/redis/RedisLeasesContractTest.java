package dev.coatcheck.redis;

import dev.coatcheck.contracts.leases.LeasesContract;
import dev.coatcheck.state.leases.LeaseStore;
import org.junit.jupiter.api.AfterEach;

class RedisLeasesContractTest extends LeasesContract {
    private final TestRedis store = TestRedis.fresh();

    @Override
    public LeaseStore store() {
        return store.redis().leaseStore();
    }

    @AfterEach
    void detach() {
        store.close();
    }
}
