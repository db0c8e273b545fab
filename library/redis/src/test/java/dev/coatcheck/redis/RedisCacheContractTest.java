package dev.coatcheck.redis;

import dev.coatcheck.contracts.cache.CacheContract;
import dev.coatcheck.state.cache.CacheStore;
import org.junit.jupiter.api.AfterEach;

class RedisCacheContractTest extends CacheContract {
    private final TestRedis store = TestRedis.fresh();

    @Override
    public CacheStore store() {
        return store.redis().cacheStore();
    }

    @AfterEach
    void detach() {
        store.close();
    }
}
