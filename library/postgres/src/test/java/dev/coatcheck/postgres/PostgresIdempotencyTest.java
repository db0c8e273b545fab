package dev.coatcheck.postgres;

import dev.coatcheck.contracts.idempotency.IdempotencyContract;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresIdempotencyTest extends IdempotencyContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    protected Idempotency idempotency(IdempotencySettings settings) {
        return databases.empty().idempotency(settings);
    }
}
