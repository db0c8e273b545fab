package dev.coatcheck.contracts.idempotency;

import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import java.time.InstantSource;

class InMemoryIdempotencyTest extends IdempotencyContract {
    @Override
    protected Idempotency idempotency(IdempotencySettings settings) {
        return new InMemoryIdempotency(settings, InstantSource.system());
    }
}
