package dev.coatcheck.s3;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.BlobParts;
import dev.coatcheck.state.blobs.PutOptions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** One stream on its way in parts, which this process sends one after the other. */
final class MultipartUpload {
    private final Multipart store;
    private final List<CompletedPart> added = new ArrayList<>();
    private final MessageDigest md5s = Digests.begin("MD5");

    private MultipartUpload(Multipart store) {
        this.store = store;
    }

    static MultipartUpload begin(Bucket bucket, String key, PutOptions options) {
        var metadata = S3Blobs.userMetadata(options.sha256(), options);
        return new MultipartUpload(Multipart.begin(bucket, key, options.contentType(), metadata));
    }

    /** Adds the part that was read last. */
    void add(BlobParts parts) {
        int number = added.size() + 1;
        var md5 = parts.md5();
        var etag = store.put(number, md5, body(parts, "application/octet-stream"))
                .orElseThrow(() -> new BackingServiceException(
                        store.bucket().toString(),
                        "store a part of a blob",
                        new IllegalStateException("somebody else has given its parts up")));
        md5s.update(Base64.getDecoder().decode(md5));
        added.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
    }

    /** Makes the parts the object. */
    CompleteMultipartUploadResponse complete(S3Client client, boolean first) {
        return store.complete(client, added, first);
    }

    /** The ETag of the object, at stores that make it of MD5s, as most do. Asked for once. */
    String etag() {
        return HexFormat.of().formatHex(md5s.digest()) + "-" + added.size();
    }

    /** The part that was read last, as often as the client asks for it. */
    static RequestBody body(BlobParts parts, String contentType) {
        return RequestBody.fromContentProvider(parts::part, parts.length(), contentType);
    }

    /** Gives the parts up. Where the store cannot be told, they are left for whoever sweeps. */
    void abort() {
        store.tryToAbort();
    }
}
