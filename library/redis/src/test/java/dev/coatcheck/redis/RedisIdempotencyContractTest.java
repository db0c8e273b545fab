package dev.coatcheck.redis;

import dev.coatcheck.contracts.idempotency.IdempotencyContract;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import org.junit.jupiter.api.AfterEach;

class RedisIdempotencyContractTest extends IdempotencyContract {
    private final TestRedis store = TestRedis.fresh();

    @Override
    protected Idempotency idempotency(IdempotencySettings settings) {
        return store.redis().idempotency(settings);
    }

    @AfterEach
    void detach() {
        store.close();
    }
}
