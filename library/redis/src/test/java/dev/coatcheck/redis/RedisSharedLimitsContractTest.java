package dev.coatcheck.redis;

import dev.coatcheck.contracts.limits.SharedLimitsContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import org.junit.jupiter.api.AfterEach;

class RedisSharedLimitsContractTest extends SharedLimitsContract {
    private final TestRedis store = TestRedis.fresh();

    public static final class Factory implements StoreFactory<Limits> {
        @Override
        public Limits open(String url) {
            return Redis.attach(url, TestRedis.PATIENT).limits(new OnOutage.Closed());
        }
    }

    @Override
    protected Limits limits() {
        return store.redis().limits(new OnOutage.Closed());
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
