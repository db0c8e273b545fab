package dev.coatcheck.redis;

import dev.coatcheck.contracts.cache.CacheContract;
import dev.coatcheck.state.cache.CacheStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisCacheContractTest extends CacheContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    public CacheStore store() {
        return store.redis().cacheStore();
    }
}
