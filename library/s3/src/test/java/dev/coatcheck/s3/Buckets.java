package dev.coatcheck.s3;

import dev.coatcheck.host.service.S3Server;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.leases.LeaseSettings;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Empty buckets on the shared server, and what is attached to them, for the length of a test. */
final class Buckets implements AfterEachCallback {
    /** The smallest parts there are, so that what is large for a test has some; and objects are files there. */
    static final S3Settings SETTINGS = S3Settings.defaults()
            .withPartBytes(5 << 20)
            .without(BlobCapability.SOLE_CREATION, BlobCapability.CONSISTENT_READS, BlobCapability.ALL_KEYS);

    /** The same of a store that decides who is first. */
    static final S3Settings DECIDING =
            S3Settings.defaults().withPartBytes(5 << 20).without(BlobCapability.CONSISTENT_READS);

    /** As long as the time-out of a request asks for. */
    static final LeaseSettings LEASES =
            LeaseSettings.heldBy("web.1").withDuration(SETTINGS.requestTimeout().multipliedBy(3));

    private final List<S3> attached = new ArrayList<>();
    private String url = "";

    /** Attaches a new bucket; the one that is meant from then on. */
    S3 fresh() {
        url = url(SharedServers.s3(), SharedServers.freshBucket());
        return attach(url, SETTINGS);
    }

    /** Attaches a new bucket of a store that decides who is first; the one that is meant from then on. */
    S3 freshThatDecides() {
        url = S3MockServer.shared().freshBucket();
        return attach(url, DECIDING);
    }

    /** Attaches a bucket until the end of the test. */
    S3 attach(String url, S3Settings settings) {
        var s3 = S3.attach(url, settings);
        attached.add(s3);
        return s3;
    }

    /** The bucket that is meant. */
    String url() {
        return url;
    }

    /** How many objects and uploads in parts are in the bucket that is meant, whatever they are. */
    long held() {
        try (var bucket = new Bucket(S3Url.parse(url), SETTINGS)) {
            long objects = bucket.ask(
                    "count objects",
                    client -> client.listObjectsV2(list -> list.bucket(bucket.name()))
                            .contents()
                            .size());
            long parts = bucket.ask(
                    "count uploads",
                    client -> client.listMultipartUploads(list -> list.bucket(bucket.name()))
                            .uploads()
                            .size());
            return objects + parts;
        }
    }

    static String url(S3Server server, String bucket) {
        return server.url()
                        .replace(
                                "http://",
                                "http://" + server.accessKeyId() + ":"
                                        + URLEncoder.encode(server.secretAccessKey(), StandardCharsets.UTF_8) + "@")
                + "/" + bucket + "?region=" + server.region();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        attached.forEach(S3::close);
    }
}
