package dev.coatcheck.memcached;

import dev.coatcheck.contracts.cache.SharedCacheContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.cache.CacheStore;
import org.junit.jupiter.api.AfterEach;

class MemcachedSharedCacheContractTest extends SharedCacheContract {
    private final TestMemcached store = TestMemcached.fresh();

    /** What comes after the {@code #} of the URL is the prefix. */
    public static final class Factory implements StoreFactory<CacheStore> {
        @Override
        public CacheStore open(String url) {
            var parts = url.split("#", 2);
            var settings = MemcachedSettings.defaults().withPrefix(parts[1]).withTimeout(TestMemcached.PATIENCE);
            return Memcached.attach(parts[0], settings).cacheStore();
        }
    }

    @Override
    protected CacheStore store() {
        return store.memcached().cacheStore();
    }

    @Override
    protected Class<Factory> factory() {
        return Factory.class;
    }

    @Override
    protected String url() {
        return store.url() + "#" + store.settings().prefix();
    }

    @AfterEach
    void detach() {
        store.close();
    }
}
