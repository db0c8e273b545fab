package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.Databases.query;

import dev.coatcheck.contracts.uploads.UploadsContract;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.uploads.UploadStore;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresUploadsTest extends UploadsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    private final Postgres postgres = databases.empty();
    private final Database database = new Database(postgres.dataSource(), "the database under test");

    @Override
    public UploadStore store() {
        return postgres.uploadStore();
    }

    /** What is deleted can be read by nobody any more. */
    @Override
    public Blobs blobs() {
        return new PostgresBlobs(database, Duration.ZERO, Duration.ofHours(1));
    }

    @Override
    public void clearAway() {
        new Sweeper(database, PostgresSettings.defaults().deadJobsKept()).sweep();
    }

    @Override
    public long held() {
        return Long.parseLong(query(postgres, """
                select (select count(*) from coatcheck.uploads) + (select count(*) from coatcheck.blobs)
                    + (select count(*) from coatcheck.blob_versions) + (select count(*) from coatcheck.blob_chunks)
                """).get(0));
    }
}
