package dev.coatcheck.postgres;

import dev.coatcheck.contracts.idempotency.SharedIdempotencyContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.idempotency.Idempotency;
import org.junit.jupiter.api.extension.RegisterExtension;

class SharedPostgresIdempotencyTest extends SharedIdempotencyContract {
    @RegisterExtension
    final Databases databases = new Databases();

    /** How the other JVM attaches the same database. */
    public static final class Factory implements StoreFactory<Idempotency> {
        @Override
        public Idempotency open(String url) {
            return Factories.attach(url).idempotency(SETTINGS);
        }
    }

    @Override
    protected Idempotency idempotency() {
        return databases.empty().idempotency(SETTINGS);
    }

    @Override
    protected Class<? extends StoreFactory<Idempotency>> factory() {
        return Factory.class;
    }

    @Override
    protected String url() {
        return databases.url();
    }
}
