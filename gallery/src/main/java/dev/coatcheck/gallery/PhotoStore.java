package dev.coatcheck.gallery;

import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.process.Instance;
import dev.coatcheck.process.health.Health;
import dev.coatcheck.s3.S3;
import dev.coatcheck.s3.S3Settings;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.uploads.UploadSettings;
import dev.coatcheck.state.uploads.Uploads;
import java.time.Duration;
import java.util.HashMap;
import java.util.Optional;

/**
 * Where the bytes of photos are: originals and variants as blobs, in the bucket of an object store where {@code S3_BUCKET} names
 * one, and in PostgreSQL otherwise.
 *
 * @param uploads which become originals, in the same store
 */
record PhotoStore(Blobs blobs, Uploads uploads, Optional<Bucket> bucket) implements AutoCloseable {
    /** A part is sent in this time, or the request fails. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    /** The smallest part there is: each request that streams a photo holds one, and half as much again. */
    private static final S3Settings SETTINGS =
            S3Settings.defaults().withPartBytes(5 << 20).withRequestTimeout(REQUEST_TIMEOUT);

    private static final Duration LEASE = REQUEST_TIMEOUT.multipliedBy(3);

    /** How many expired uploads are cleared away at a time. */
    private static final int MOST_SWEPT = 1_000;

    /** Much longer than an upload is kept that nobody goes on with. */
    private static final Duration ABANDONED = Duration.ofDays(7);

    /**
     * An attached bucket.
     *
     * @param leases which keep two writers of an upload apart where the store ignores conditions, as not all of those do that
     *     {@code S3_BUCKET} may be in
     */
    record Bucket(S3 s3, Leases leases) {}

    /**
     * Attaches the bucket, if there is one, with the endpoint and the credentials that Amazon's own programs would use.
     *
     * @param postgres closed after this
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
        return new PhotoStore(postgres.blobs(), postgres.uploads(UploadSettings.defaults()), Optional.empty());
    }

    private static PhotoStore on(S3 s3, Postgres postgres) {
        var leases = postgres.leases(LeaseSettings.heldBy(Instance.name()).withDuration(LEASE));
        var uploads = s3.uploads(UploadSettings.defaults(), leases);
        return new PhotoStore(s3.blobs(), uploads, Optional.of(new Bucket(s3, leases)));
    }

    /** Clears away uploads that nobody goes on with, and what processes left that died over one; for a schedule. */
    void sweep() {
        uploads.sweep(MOST_SWEPT);
        bucket.ifPresent(attached -> attached.s3().abortUploads(ABANDONED));
    }

    /** PostgreSQL is looked at anyway. */
    void watch(Health health) {
        bucket.ifPresent(attached -> health.check("s3", attached.s3()::ping));
    }

    @Override
    public void close() {
        bucket.ifPresent(attached -> {
            attached.leases().close();
            attached.s3().close();
        });
    }
}
