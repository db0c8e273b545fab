package dev.coatcheck.gallery;

import dev.coatcheck.gallery.database.GalleryDatabase;
import dev.coatcheck.postgres.Postgres;

/** The release step: brings the tables up to date, the gallery's and the library's, before any process runs on them. */
final class Release {
    private Release() {}

    static void run(DatabaseConfig config) {
        try (var postgres = Postgres.attach(config.database().url()::revealLatest)) {
            new GalleryDatabase(postgres.dataSource()).migrate();
            postgres.migrate();
        }
    }
}
