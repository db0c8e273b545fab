package dev.coatcheck.s3;

import static java.lang.System.Logger.Level.DEBUG;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.BlobParts;
import dev.coatcheck.state.blobs.PutOptions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** One object on its way in parts, which nobody can see before all of them are there. */
final class MultipartUpload {
    /** What S3 allows. */
    static final int MOST_PARTS = 10_000;

    private static final System.Logger LOG = System.getLogger(MultipartUpload.class.getName());

    private final Bucket bucket;
    private final String key;
    private final String id;
    private final List<CompletedPart> added = new ArrayList<>();
    private final MessageDigest md5s = md5();

    private MultipartUpload(Bucket bucket, String key, String id) {
        this.bucket = bucket;
        this.key = key;
        this.id = id;
    }

    static MultipartUpload begin(Bucket bucket, String key, PutOptions options) {
        var metadata = S3Blobs.userMetadata(options.sha256(), options);
        var begun = bucket.ask(
                "begin to store a blob in parts",
                client -> client.createMultipartUpload(create -> create.bucket(bucket.name())
                        .key(key)
                        .contentType(options.contentType())
                        .metadata(metadata)));
        return new MultipartUpload(bucket, key, begun.uploadId());
    }

    /** Adds the part that was read last. */
    void add(BlobParts parts) {
        int number = added.size() + 1;
        var md5 = parts.md5();
        var stored = bucket.ask(
                "store a part of a blob",
                client -> client.uploadPart(
                        upload -> upload.bucket(bucket.name())
                                .key(key)
                                .uploadId(id)
                                .partNumber(number)
                                .contentMD5(md5),
                        body(parts, "application/octet-stream")));
        md5s.update(Base64.getDecoder().decode(md5));
        added.add(CompletedPart.builder().partNumber(number).eTag(stored.eTag()).build());
    }

    /** Makes the parts the object. */
    CompleteMultipartUploadResponse complete(S3Client client, boolean first) {
        return client.completeMultipartUpload(complete -> complete.bucket(bucket.name())
                .key(key)
                .uploadId(id)
                .ifNoneMatch(first ? "*" : null)
                .multipartUpload(all -> all.parts(added))
                .overrideConfiguration(bucket::givenTime));
    }

    /** The ETag of the object, at stores that make it of MD5s, as most do. Asked for once. */
    String etag() {
        return HexFormat.of().formatHex(md5s.digest()) + "-" + added.size();
    }

    /** The part that was read last, as often as the client asks for it. */
    static RequestBody body(BlobParts parts, String contentType) {
        return RequestBody.fromContentProvider(parts::part, parts.length(), contentType);
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has MD5", e);
        }
    }

    /** Gives the parts up. Where the store cannot be told, they are left for whoever sweeps. */
    void abort() {
        try {
            bucket.ask(
                    "give up an upload",
                    client -> client.abortMultipartUpload(
                            abort -> abort.bucket(bucket.name()).key(key).uploadId(id)));
        } catch (BackingServiceException e) {
            LOG.log(DEBUG, "left to be swept", e);
        }
    }
}
