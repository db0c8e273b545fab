package dev.coatcheck.postgres;

import dev.coatcheck.contracts.limits.LimitsContract;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresLimitsTest extends LimitsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    protected Limits limits() {
        return databases.empty().limits(new OnOutage.Closed());
    }
}
