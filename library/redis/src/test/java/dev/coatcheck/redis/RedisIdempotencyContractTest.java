package dev.coatcheck.redis;

import dev.coatcheck.contracts.idempotency.IdempotencyContract;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisIdempotencyContractTest extends IdempotencyContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    protected Idempotency idempotency(IdempotencySettings settings) {
        return store.redis().idempotency(settings);
    }
}
