package dev.coatcheck.redis;

import dev.coatcheck.contracts.limits.SharedConcurrencyContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.leases.LeaseStore;
import org.junit.jupiter.api.AfterEach;

class RedisSharedConcurrencyContractTest extends SharedConcurrencyContract {
    private final TestRedis store = TestRedis.fresh();

    public static final class Factory implements StoreFactory<LeaseStore> {
        @Override
        public LeaseStore open(String url) {
            return Redis.attach(url, TestRedis.PATIENT).leaseStore();
        }
    }

    @Override
    protected LeaseStore store() {
        return store.redis().leaseStore();
    }

    @Override
    protected Class<Factory> factory() {
        return Factory.class;
    }

    @Override
    protected String url() {
        return store.url();
    }

    @AfterEach
    void detach() {
        store.close();
    }
}
