package dev.coatcheck.postgres;

import dev.coatcheck.contracts.cache.SharedCacheContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.cache.CacheStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class SharedPostgresCacheTest extends SharedCacheContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    protected CacheStore store() {
        return databases.empty().cacheStore();
    }

    @Override
    protected Class<? extends StoreFactory<CacheStore>> factory() {
        return Factories.OfCaches.class;
    }

    @Override
    protected String url() {
        return databases.url();
    }
}
