package dev.coatcheck.redis;

import dev.coatcheck.contracts.leases.SharedLeasesContract;
import dev.coatcheck.state.leases.LeaseStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisSharedLeasesContractTest extends SharedLeasesContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    protected LeaseStore store() {
        return store.redis().leaseStore();
    }

    @Override
    protected Class<Factories.OfLeases> factory() {
        return Factories.OfLeases.class;
    }

    @Override
    protected String url() {
        return store.url();
    }
}
