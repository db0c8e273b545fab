package dev.coatcheck.gallery;

import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.process.health.Health;
import dev.coatcheck.s3.S3;
import dev.coatcheck.s3.S3Settings;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.uploads.UploadSettings;
import dev.coatcheck.state.uploads.Uploads;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where the bytes of photos are: originals and variants as blobs, in the bucket of an object store where {@code S3_BUCKET} names
 * one, and in PostgreSQL otherwise.
 *
 * @param uploads which become originals
 * @param arrivals where they become blobs: PostgreSQL, which takes uploads whatever the store of the photos does
 */
record PhotoStore(Blobs blobs, Uploads uploads, Blobs arrivals, Optional<S3> s3) implements AutoCloseable {
    /** The smallest part there is: each request that streams a photo holds one, and half as much again. */
    private static final S3Settings SETTINGS = S3Settings.defaults().withPartBytes(5 << 20);

    /**
     * Attaches the bucket, if there is one, with the endpoint and the credentials that Amazon's own programs would use.
     *
     * @throws IllegalArgumentException where these are wrong
     */
    static PhotoStore attach(Optional<String> bucket, Postgres postgres) {
        return bucket.map(name -> on(attach(name), postgres)).orElseGet(() -> on(postgres));
    }

    private static S3 attach(String bucket) {
        var environment = new HashMap<>(System.getenv());
        environment.put("S3_BUCKET", bucket);
        return S3.attach(environment, SETTINGS);
    }

    static PhotoStore on(Postgres postgres) {
        var blobs = postgres.blobs();
        return new PhotoStore(blobs, postgres.uploads(UploadSettings.defaults()), blobs, Optional.empty());
    }

    private static PhotoStore on(S3 s3, Postgres postgres) {
        var uploads = postgres.uploads(UploadSettings.defaults());
        return new PhotoStore(s3.blobs(), uploads, postgres.blobs(), Optional.of(s3));
    }

    /** All stores that may hold something of photos. */
    Set<Blobs> all() {
        return Set.copyOf(List.of(blobs, arrivals));
    }

    /** PostgreSQL is looked at anyway. */
    void watch(Health health) {
        s3.ifPresent(attached -> health.check("s3", attached::ping));
    }

    @Override
    public void close() {
        s3.ifPresent(S3::close);
    }
}
