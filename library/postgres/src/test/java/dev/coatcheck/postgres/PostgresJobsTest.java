package dev.coatcheck.postgres;

import dev.coatcheck.contracts.jobs.JobsContract;
import dev.coatcheck.state.jobs.Jobs;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresJobsTest extends JobsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    public Jobs jobs() {
        return databases.empty().jobs();
    }

    @Override
    public Jobs jobsThatKeepTheDead(Duration kept) {
        databases.empty();
        return databases
                .attach(PostgresSettings.defaults().withDeadJobsKept(kept))
                .jobs();
    }

    @Override
    public void tidyUp(Duration kept) {
        var database = new Database(databases.last().dataSource(), "the database under test");
        new Sweeper(database, kept).sweep();
    }
}
