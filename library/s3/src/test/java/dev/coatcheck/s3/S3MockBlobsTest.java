package dev.coatcheck.s3;

import dev.coatcheck.contracts.blobs.BlobsContract;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.Blobs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** On a store that takes any key and decides who is first, as Amazon's does. */
class S3MockBlobsTest extends BlobsContract {
    @TempDir
    static Path folder;

    private static S3MockServer server;

    @RegisterExtension
    final Buckets buckets = new Buckets();

    @BeforeAll
    static void startServer() throws IOException {
        server = S3MockServer.start(folder);
    }

    @AfterAll
    static void endServer() {
        server.close();
    }

    @Override
    public Blobs blobs() {
        var settings = S3Settings.defaults().withPartBytes(5 << 20).without(BlobCapability.CONSISTENT_READS);
        return buckets.attach(server.freshBucket(), settings).blobs();
    }

    @Override
    public Set<BlobCapability> capabilities() {
        return Set.of(BlobCapability.SOLE_CREATION, BlobCapability.OVERLAPPING_WRITES, BlobCapability.ALL_KEYS);
    }
}
