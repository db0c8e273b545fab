package dev.coatcheck.s3;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.PresignedBlobs;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * An attached bucket of an object store that speaks S3: Amazon's, or one that speaks as it does (MinIO, R2, Ceph, Garage,
 * SeaweedFS and others). What it holds is as durable as the store.
 *
 * <p>A blob is an object under its own key, so that other programs read it as it is. Its SHA-256 and its metadata are one
 * entry of the object's user metadata, {@code coatcheck}.
 *
 * <p>Google Cloud Storage, by its HMAC keys and the URL {@code https://key:secret@storage.googleapis.com/bucket}, is known by
 * its name to lack {@link dev.coatcheck.state.blobs.BlobCapability#SOLE_CREATION}.
 *
 * <p>The credentials need {@code s3:GetObject}, {@code s3:PutObject}, {@code s3:DeleteObject},
 * {@code s3:AbortMultipartUpload} and {@code s3:ListBucket}, without which the store refuses to say that an object is
 * missing. A process that dies while it stores a blob of many parts leaves them in the store, unseen and paid for: have a
 * rule of the bucket ({@code AbortIncompleteMultipartUpload}) end them, or {@link #abortUploads(Duration)}.
 *
 * <p>Nothing here waits without a limit: a store that is dead, hangs, or cannot be reached is a
 * {@link BackingServiceException} after the time-outs of {@link S3Settings}, and everything goes on by itself when the
 * store is back.
 *
 * <p>The store does not say of a bucket that is not there that no blob is in it because of that: {@link #ping()} does.
 *
 * <p>Thread-safe. {@link #close()} ends the connections. Of those that are idle, five are kept
 * ({@code -Dhttp.maxConnections=50} keeps more); there may be as many as there are requests.
 *
 * <pre>{@code
 * try (var s3 = S3.attach(System.getenv())) {
 *     var photos = s3.blobs();
 *     serve(photos);
 * }
 * }</pre>
 */
public final class S3 implements AutoCloseable {
    private final Bucket bucket;
    private final S3Settings settings;

    private S3(S3Url url, S3Settings settings) {
        this.bucket = new Bucket(url, settings);
        this.settings = settings.withoutAlso(url.lacking());
    }

    /** Attaches with default settings: see {@link #attach(String, S3Settings)}. */
    public static S3 attach(String url) {
        return attach(url, S3Settings.defaults());
    }

    /**
     * Attaches a bucket. Does not connect yet, so it may come up later than this process.
     *
     * @param url {@code https://key:secret@host:port/bucket?region=name}: key and secret percent-encoded, and those of the
     *     machine without them; the region may be left out where the store has none. {@code s3://bucket?region=name} is
     *     Amazon's own
     * @throws IllegalArgumentException where it is no such URL, or the region of a bucket of Amazon's is not known, with the
     *     reason, and without any secret
     */
    public static S3 attach(String url, S3Settings settings) {
        return new S3(S3Url.parse(url), settings);
    }

    /** Attaches with default settings: see {@link #attach(Map, S3Settings)}. */
    public static S3 attach(Map<String, String> environment) {
        return attach(environment, S3Settings.defaults());
    }

    /**
     * Attaches the bucket that environment variables name, as {@code coatcheck up --with s3} gives them: {@code S3_BUCKET},
     * and those of Amazon's own programs, {@code AWS_ENDPOINT_URL_S3}, {@code AWS_REGION}, {@code AWS_ACCESS_KEY_ID},
     * {@code AWS_SECRET_ACCESS_KEY} and {@code AWS_SESSION_TOKEN}. Without an endpoint it is Amazon's, and without a key the
     * credentials are those of the machine. Does not connect yet.
     *
     * @throws IllegalArgumentException where one is missing or wrong, with its name
     */
    public static S3 attach(Map<String, String> environment, S3Settings settings) {
        return new S3(S3Url.of(environment), settings);
    }

    /**
     * Blobs, as objects. Storing what is smaller than {@linkplain S3Settings#partBytes() a part} is one round trip, what is
     * larger one for each part, and two ({@link dev.coatcheck.state.blobs.PutOptions#onlyIfAbsent()} one more); reading is
     * one, with an ETag one more where the bytes are other ones; deleting two.
     *
     * <p>Each request carries an MD5 that the store checks. The SHA-256 is kept with what is smaller than a part, and with
     * what it was announced of; of the rest only the {@linkplain dev.coatcheck.state.blobs.PutResult.Stored result} has it.
     *
     * <p>While a blob is read it holds a connection: a store may give up on who pauses for long, and then the stream
     * fails.
     */
    public Blobs blobs() {
        return new S3Blobs(bucket, settings);
    }

    /**
     * Leave to fetch and store blobs directly at the store. It is signed for the endpoint that was attached: where browsers
     * reach the store under another name, attach that one too, which connects to nothing, and let it sign.
     */
    public PresignedBlobs presignedBlobs() {
        return new S3PresignedBlobs(bucket, settings.lacking());
    }

    /**
     * Ends uploads in parts that have been under way for too long, anybody's in this bucket: their process has died. For a
     * schedule, where the bucket has no rule for it. Round trips: one for each 1000 uploads, and one for each that is ended.
     *
     * @param olderThan longer than any upload takes
     * @return how many were ended
     */
    public int abortUploads(Duration olderThan) {
        return new UploadSweep(bucket).abortBegunBefore(Instant.now().minus(olderThan));
    }

    /**
     * Asks the store for the bucket: one round trip.
     *
     * @throws BackingServiceException where there is no answer in time, no such bucket, or no access to it
     */
    public void ping() {
        bucket.ask("ping", client -> client.headBucket(head -> head.bucket(bucket.name())));
    }

    /** Ends the connections; requests under way are cut. */
    @Override
    public void close() {
        bucket.close();
    }

    /** The resource, without credentials. */
    @Override
    public String toString() {
        return bucket.toString();
    }
}
