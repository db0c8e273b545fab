package dev.coatcheck.redis;

import dev.coatcheck.contracts.cache.SharedCacheContract;
import dev.coatcheck.state.cache.CacheStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisSharedCacheContractTest extends SharedCacheContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    protected CacheStore store() {
        return store.redis().cacheStore();
    }

    @Override
    protected Class<Factories.OfCaches> factory() {
        return Factories.OfCaches.class;
    }

    @Override
    protected String url() {
        return store.url();
    }
}
