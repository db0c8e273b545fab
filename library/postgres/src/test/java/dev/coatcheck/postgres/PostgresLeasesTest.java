package dev.coatcheck.postgres;

import dev.coatcheck.contracts.leases.LeasesContract;
import dev.coatcheck.state.leases.LeaseStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresLeasesTest extends LeasesContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    public LeaseStore store() {
        return databases.empty().leaseStore();
    }
}
