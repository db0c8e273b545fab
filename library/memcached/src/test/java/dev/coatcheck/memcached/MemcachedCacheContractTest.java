package dev.coatcheck.memcached;

import dev.coatcheck.contracts.cache.CacheContract;
import dev.coatcheck.state.cache.CacheCapability;
import dev.coatcheck.state.cache.CacheStore;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

class MemcachedCacheContractTest extends CacheContract {
    private final TestMemcached store = TestMemcached.fresh();

    @Override
    public Set<CacheCapability> capabilities() {
        return EnumSet.noneOf(CacheCapability.class);
    }

    @Override
    public CacheStore store() {
        return store.memcached().cacheStore();
    }

    @AfterEach
    void detach() {
        store.close();
    }
}
