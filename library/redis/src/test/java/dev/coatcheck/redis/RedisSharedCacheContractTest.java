package dev.coatcheck.redis;

import dev.coatcheck.contracts.cache.SharedCacheContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.cache.CacheStore;
import org.junit.jupiter.api.AfterEach;

class RedisSharedCacheContractTest extends SharedCacheContract {
    private final TestRedis store = TestRedis.fresh();

    public static final class Factory implements StoreFactory<CacheStore> {
        @Override
        public CacheStore open(String url) {
            return Redis.attach(url, TestRedis.PATIENT).cacheStore();
        }
    }

    @Override
    protected CacheStore store() {
        return store.redis().cacheStore();
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
