package dev.coatcheck.redis;

import dev.coatcheck.contracts.flags.SharedFlagsContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.flags.FlagStore;
import org.junit.jupiter.api.AfterEach;

class RedisSharedFlagsContractTest extends SharedFlagsContract {
    private final TestRedis store = TestRedis.fresh();

    public static final class Factory implements StoreFactory<FlagStore> {
        @Override
        public FlagStore open(String url) {
            return Redis.attach(url, TestRedis.PATIENT).flagStore();
        }
    }

    @Override
    protected FlagStore store() {
        return store.redis().flagStore();
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
