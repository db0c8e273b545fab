package dev.coatcheck.postgres;

import dev.coatcheck.contracts.cache.CacheContract;
import dev.coatcheck.state.cache.CacheStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresCacheTest extends CacheContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    public CacheStore store() {
        return databases.empty().cacheStore();
    }
}
