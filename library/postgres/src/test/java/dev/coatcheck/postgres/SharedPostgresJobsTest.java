package dev.coatcheck.postgres;

import dev.coatcheck.contracts.jobs.SharedJobsContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.jobs.Jobs;
import org.junit.jupiter.api.extension.RegisterExtension;

class SharedPostgresJobsTest extends SharedJobsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    protected Jobs jobs() {
        return databases.fresh().jobs();
    }

    @Override
    protected Class<? extends StoreFactory<Jobs>> factory() {
        return Factories.OfJobs.class;
    }

    @Override
    protected String url() {
        return databases.url();
    }
}
