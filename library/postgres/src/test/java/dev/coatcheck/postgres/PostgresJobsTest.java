package dev.coatcheck.postgres;

import dev.coatcheck.contracts.jobs.JobsContract;
import dev.coatcheck.state.jobs.Jobs;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresJobsTest extends JobsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    public Jobs jobs() {
        return databases.empty().jobs();
    }
}
