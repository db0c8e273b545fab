package dev.coatcheck.contracts.cache;

import dev.coatcheck.state.cache.CacheStore;
import java.time.InstantSource;

class InMemoryCacheTest extends CacheContract {
    @Override
    public CacheStore store() {
        return new InMemoryCacheStore(InstantSource.system());
    }
}
