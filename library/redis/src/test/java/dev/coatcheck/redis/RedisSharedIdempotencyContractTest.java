package dev.coatcheck.redis;

import dev.coatcheck.contracts.idempotency.SharedIdempotencyContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.idempotency.Idempotency;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisSharedIdempotencyContractTest extends SharedIdempotencyContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    /** How the other JVM attaches the same database. */
    public static final class Factory implements StoreFactory<Idempotency> {
        @Override
        public Idempotency open(String url) {
            return Redis.attach(url, TestRedis.PATIENT).idempotency(SETTINGS);
        }
    }

    @Override
    protected Idempotency idempotency() {
        return store.redis().idempotency(SETTINGS);
    }

    @Override
    protected Class<Factory> factory() {
        return Factory.class;
    }

    @Override
    protected String url() {
        return store.url();
    }
}
