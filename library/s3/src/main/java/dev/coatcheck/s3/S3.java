package dev.coatcheck.s3;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.PresignedBlobs;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.uploads.DirectUploadSettings;
import dev.coatcheck.state.uploads.DirectUploads;
import dev.coatcheck.state.uploads.UploadSettings;
import dev.coatcheck.state.uploads.UploadStore;
import dev.coatcheck.state.uploads.Uploads;
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
    private final Heads heads;

    private S3(S3Url url, S3Settings settings) {
        this.bucket = new Bucket(url, settings);
        this.settings = settings.withoutAlso(url.lacking());
        this.heads = Heads.decided(bucket, this.settings);
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
     * Uploads that any process goes on with, as parts of the blobs that they become; what is too short for a part is an object
     * beside them. For a store that replaces an object only where it is what was seen ({@code If-Match}), as Amazon's, MinIO, R2 and
     * Ceph do: that is what lets one of two writers go on.
     *
     * <p>A chunk is a part: {@link S3Settings#partBytes()}, or more where the upload may have more than 9000 such parts, up to 64 MiB;
     * what is announced with more than 9000 of the largest is too large, unless parts of a larger size are asked for.
     *
     * <p>Round trips: {@code begin} one, and one more the first time, which tries whether the store looks at conditions; {@code find}
     * one; {@code append} two, two for each part, two more for the first of an upload, one to three at its end, and two more where
     * it begins inside of a part, whose bytes are read and written again; {@code finish} seven, three more where its last part is a
     * short one, four where that is the only one, and one for each 1000 parts; what is given up three to five.
     * A client that is slow has all that came of a part stored three times in a {@linkplain UploadSettings#lease() lease}: 20 or 30 seconds
     * cost less here than the 5 of the default, and let a client wait that much longer whose process has died.
     *
     * <p>The store holds the SHA-256 of a finished upload where {@link #blobs()} would; the outcome of finishing always has it.
     * A rule of the bucket that ends incomplete uploads ends these too: give it more days than the
     * {@linkplain UploadSettings#expiry() expiry}. {@link Uploads#sweep} is to be asked from a schedule.
     * {@code begin} throws {@link UnsupportedOperationException} where the store turns out to ignore conditions.
     *
     * @throws UnsupportedOperationException where this was attached {@linkplain S3Settings#without without}
     *     {@link BlobCapability#SOLE_CREATION}: see {@link #uploads(UploadSettings, Leases)}
     */
    public Uploads uploads(UploadSettings settings) {
        return new Uploads(uploadStore(), settings);
    }

    /**
     * The same for a store that ignores conditions: who replaces an upload's state holds a lease of another store meanwhile, and
     * looks first. That is two round trips more there, and one here, for each change. Of two writers one goes on unless a
     * request of the other arrives at the store later than its lease lasts, as it was on its way or its process was stopped: take a
     * store that decides itself where there is one. Where this was not attached as one that ignores conditions, both are asked.
     *
     * @param leases open for as long as the uploads are used; they last at least three times the
     *     {@linkplain S3Settings#requestTimeout() time-out} of a request, which is 90 seconds by default
     * @throws IllegalArgumentException where they are shorter
     */
    public Uploads uploads(UploadSettings settings, Leases leases) {
        return new Uploads(uploadStore(leases), settings);
    }

    /**
     * Uploads whose parts browsers store by themselves, and which pass through no process. It is signed for the endpoint that was
     * attached, and the bucket needs a rule for CORS that lets the page's origin {@code PUT}. What {@link #uploads(UploadSettings)}
     * asks of the store, this does too, and that it copies parts ({@code UploadPartCopy}).
     *
     * @throws UnsupportedOperationException where this was attached {@linkplain S3Settings#without without}
     *     {@link BlobCapability#SOLE_CREATION}: see {@link #directUploads(DirectUploadSettings, Leases)}
     */
    public DirectUploads directUploads(DirectUploadSettings uploads) {
        requireConditions();
        return new S3DirectUploads(bucket, settings, uploads, heads);
    }

    /** The same for a store that ignores conditions: see {@link #uploads(UploadSettings, Leases)}. */
    public DirectUploads directUploads(DirectUploadSettings uploads, Leases leases) {
        return new S3DirectUploads(bucket, settings, uploads, Heads.leased(bucket, settings, leases));
    }

    UploadStore uploadStore() {
        requireConditions();
        return new S3UploadStore(bucket, settings, heads, S3UploadStore.GRACE);
    }

    private void requireConditions() {
        if (settings.lacking().contains(BlobCapability.SOLE_CREATION)) {
            throw new UnsupportedOperationException(bucket
                    + " was attached as one that ignores conditions: uploads on it need the leases of another store");
        }
    }

    UploadStore uploadStore(Leases leases) {
        return new S3UploadStore(bucket, settings, Heads.leased(bucket, settings, leases), S3UploadStore.GRACE);
    }

    /**
     * Ends uploads in parts that have been under way for too long, anybody's in this bucket: their process has died. Those of
     * {@link #uploads(UploadSettings)} that go on stay. For a schedule, where the bucket has no rule for it. Round trips: one for
     * each 1000 uploads, one for each that is ended, and where there is one to end, what {@link Uploads#sweep} costs.
     *
     * @param olderThan longer than any upload takes
     * @return how many were ended
     * @throws IllegalArgumentException where {@code olderThan} is negative
     */
    public int abortUploads(Duration olderThan) {
        if (olderThan.isNegative()) {
            throw new IllegalArgumentException("what began in the future is not ended: older than " + olderThan);
        }
        return new MultipartSweep(bucket)
                .abortBegunBefore(
                        Instant.now().minus(olderThan),
                        () -> new S3UploadStore(bucket, settings, heads, S3UploadStore.GRACE).multiparts());
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
