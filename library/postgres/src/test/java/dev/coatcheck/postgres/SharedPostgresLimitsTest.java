package dev.coatcheck.postgres;

import dev.coatcheck.contracts.limits.SharedLimitsContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import org.junit.jupiter.api.extension.RegisterExtension;

class SharedPostgresLimitsTest extends SharedLimitsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    protected Limits limits() {
        return databases.empty().limits(new OnOutage.Closed());
    }

    @Override
    protected Class<? extends StoreFactory<Limits>> factory() {
        return Factories.OfLimits.class;
    }

    @Override
    protected String url() {
        return databases.url();
    }
}
