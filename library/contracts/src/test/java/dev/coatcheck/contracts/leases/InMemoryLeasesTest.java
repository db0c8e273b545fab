package dev.coatcheck.contracts.leases;

import dev.coatcheck.state.leases.LeaseStore;
import java.time.InstantSource;

class InMemoryLeasesTest extends LeasesContract {
    @Override
    public LeaseStore store() {
        return new InMemoryLeaseStore(InstantSource.system());
    }
}
