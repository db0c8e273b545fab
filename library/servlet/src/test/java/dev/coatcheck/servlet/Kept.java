package dev.coatcheck.servlet;

import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.s3.S3;
import dev.coatcheck.s3.S3Settings;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.uploads.DirectUploadSettings;
import dev.coatcheck.state.uploads.UploadSettings;
import dev.coatcheck.state.uploads.Uploads;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Where uploads are kept, on servers that are shared. */
enum Kept {
    ON_POSTGRES,

    /** In a bucket, with the leases of a database; their URLs have a space between them. */
    ON_S3;

    private static final UploadSettings UPLOADS = UploadSettings.defaults().withLease(Duration.ofSeconds(2));

    /** Of a store that keeps objects as files, and the smallest parts there are. */
    private static final S3Settings OBJECTS = S3Settings.defaults()
            .withPartBytes(5 << 20)
            .withRequestTimeout(Duration.ofSeconds(10)) // the leases last three times as long
            .without(BlobCapability.SOLE_CREATION, BlobCapability.CONSISTENT_READS, BlobCapability.ALL_KEYS);

    /** How another JVM gets at them. */
    Class<? extends StoreFactory<AttachedUploads>> factory() {
        return switch (this) {
            case ON_POSTGRES -> OnPostgres.class;
            case ON_S3 -> OnS3.class;
        };
    }

    public static final class OnPostgres implements StoreFactory<AttachedUploads> {
        @Override
        public AttachedUploads open(String url) {
            return ON_POSTGRES.attach(url);
        }
    }

    public static final class OnS3 implements StoreFactory<AttachedUploads> {
        @Override
        public AttachedUploads open(String url) {
            return ON_S3.attach(url);
        }
    }

    /** Where nobody else keeps anything. */
    String freshUrl() {
        var database = SharedServers.freshPostgresUrl();
        try (var postgres = Postgres.attach(database)) {
            postgres.migrate();
        }
        return switch (this) {
            case ON_POSTGRES -> database;
            case ON_S3 -> freshBucket() + " " + database;
        };
    }

    private static String freshBucket() {
        var server = SharedServers.s3();
        var credentials =
                server.accessKeyId() + ":" + URLEncoder.encode(server.secretAccessKey(), StandardCharsets.UTF_8);
        return server.url().replace("//", "//" + credentials + "@") + "/" + SharedServers.freshBucket();
    }

    AttachedUploads attach(String url) {
        return attach(url, UPLOADS);
    }

    AttachedUploads attach(String url, UploadSettings settings) {
        var postgres = Postgres.attach(url.substring(url.indexOf(' ') + 1));
        return switch (this) {
            case ON_POSTGRES ->
                new AttachedUploads(postgres.uploads(settings), Optional.empty(), postgres.blobs(), postgres::close);
            case ON_S3 -> {
                var leases = postgres.leases(LeaseSettings.heldBy("web"));
                var s3 = S3.attach(url.substring(0, url.indexOf(' ')), OBJECTS);
                var direct = s3.directUploads(DirectUploadSettings.defaults(), leases);
                yield new AttachedUploads(s3.uploads(settings, leases), Optional.of(direct), s3.blobs(), () -> {
                    leases.close();
                    s3.close();
                    postgres.close();
                });
            }
        };
    }

    /** How many things there are of uploads and blobs, whatever they are, when all is swept that nobody needs. */
    long held(String url, Uploads uploads) {
        uploads.sweep(1_000);
        return switch (this) {
            case ON_POSTGRES -> rows(url);
            case ON_S3 -> objects(URI.create(url.substring(0, url.indexOf(' '))));
        };
    }

    private static long rows(String url) {
        try (var postgres = Postgres.attach(url);
                var connection = postgres.dataSource().getConnection()) {
            // As when the time of those is over who may be reading what was deleted.
            ask(
                    connection,
                    "with over as (update coatcheck.blob_versions set keep_until = clock_timestamp()"
                            + " where keep_until < 'infinity' returning 1) select count(*) from over");
            while (ask(connection, "select coatcheck.sweep_blobs_v1(16)::int") > 0) {}
            return ask(connection, """
                    select (select count(*) from coatcheck.uploads) + (select count(*) from coatcheck.blobs)
                        + (select count(*) from coatcheck.blob_versions) + (select count(*) from coatcheck.blob_chunks)
                    """);
        } catch (SQLException e) {
            throw new IllegalStateException("the rows cannot be counted", e);
        }
    }

    private static long ask(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static long objects(URI bucket) {
        var server = SharedServers.s3();
        var credentials = AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey());
        var name = bucket.getPath().substring(1);
        try (var client = S3Client.builder()
                .endpointOverride(URI.create(server.url()))
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .build()) {
            var objects = client.listObjectsV2(list -> list.bucket(name)).contents();
            var parts = client.listMultipartUploads(list -> list.bucket(name)).uploads();
            return (long) objects.size() + parts.size();
        }
    }
}
