package dev.coatcheck.postgres;

import dev.coatcheck.contracts.limits.SharedConcurrencyContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.leases.LeaseStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class SharedPostgresConcurrencyTest extends SharedConcurrencyContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    protected LeaseStore store() {
        return databases.empty().leaseStore();
    }

    @Override
    protected Class<? extends StoreFactory<LeaseStore>> factory() {
        return Factories.OfLeases.class;
    }

    @Override
    protected String url() {
        return databases.url();
    }
}
