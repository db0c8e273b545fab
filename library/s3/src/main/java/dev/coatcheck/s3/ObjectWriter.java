package dev.coatcheck.s3;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.BlobParts;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult;
import dev.coatcheck.state.blobs.PutResult.Stored;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Stores one stream: in one request where it is smaller than a part, and in parts otherwise, one of which is in memory at a
 * time.
 */
final class ObjectWriter {
    private final Bucket bucket;
    private final S3Settings settings;
    private final String key;
    private final PutOptions options;
    private final boolean first;
    private final int partBytes;
    private final long maxBytes;
    private final BlobParts parts;

    ObjectWriter(Bucket bucket, S3Settings settings, String key, InputStream content, PutOptions options) {
        this.bucket = bucket;
        this.settings = settings;
        this.key = key;
        this.options = options;
        this.first = options.ifAbsent() && !settings.lacking().contains(BlobCapability.SOLE_CREATION);
        this.partBytes = settings.partBytes();
        this.maxBytes = Math.min(options.maxBytes(), (long) partBytes * Multipart.MOST_PARTS);
        this.parts = new BlobParts(content, partBytes, maxBytes);
    }

    PutResult write() throws IOException {
        int length = parts.next();
        if (parts.isTooLong()) {
            return new PutResult.TooLarge(maxBytes);
        }
        return length < partBytes ? writeWhole() : writeInParts();
    }

    private PutResult writeWhole() {
        var sha256 = parts.sha256();
        if (isOther(sha256)) {
            return mismatch(sha256);
        }
        var metadata = S3Blobs.userMetadata(Optional.of(sha256), options);
        var md5 = parts.md5();
        return askToStore(
                        "store a blob",
                        client -> client.putObject(
                                put -> put.bucket(bucket.name())
                                        .key(key)
                                        .contentType(options.contentType())
                                        .contentMD5(md5)
                                        .metadata(metadata)
                                        .ifNoneMatch(first ? "*" : null),
                                MultipartUpload.body(parts, options.contentType())))
                .<PutResult>map(put -> stored(put, put.eTag(), sha256))
                .orElseGet(PutResult.Exists::new);
    }

    private PutResult writeInParts() throws IOException {
        var upload = MultipartUpload.begin(bucket, key, options);
        boolean over = false;
        try {
            for (int length = partBytes; length > 0; length = parts.next()) {
                if (parts.isTooLong()) {
                    return new PutResult.TooLarge(maxBytes);
                }
                upload.add(parts);
            }
            var sha256 = parts.sha256();
            if (isOther(sha256)) {
                return mismatch(sha256);
            }
            try {
                var stored = askToStore("put the parts of a blob together", client -> upload.complete(client, first));
                over = stored.isPresent();
                return stored.<PutResult>map(completed -> stored(completed, completed.eTag(), sha256))
                        .orElseGet(PutResult.Exists::new);
            } catch (BackingServiceException e) {
                // What the store may be at still is left to it, or to whoever sweeps.
                over = !isRefusal(e);
                return completedUnheard(upload.etag(), sha256, e);
            }
        } finally {
            if (!over) {
                upload.abort();
            }
        }
    }

    private static boolean isRefusal(BackingServiceException e) {
        return e.getCause() instanceof S3Exception answer
                && answer.statusCode() < HttpURLConnection.HTTP_INTERNAL_ERROR;
    }

    /**
     * What was stored though the answer that said so was lost: asked again, the store knows of no such upload any more.
     *
     * @param failure thrown where it is not there, and where it could be another's
     */
    private Stored completedUnheard(String etag, String sha256, BackingServiceException failure) {
        if (first) {
            throw failure;
        }
        try {
            var blob = new S3Blobs(bucket, settings)
                    .stat(key)
                    .filter(there -> there.etag().equals(etag)
                            && there.contentType().equals(options.contentType())
                            && there.metadata().equals(options.metadata()))
                    .orElseThrow(() -> failure);
            return new Stored(new Blob(
                    key, blob.size(), blob.contentType(), etag, Optional.of(sha256), blob.storedAt(), blob.metadata()));
        } catch (BackingServiceException e) {
            if (e != failure) {
                failure.addSuppressed(e);
            }
            throw failure;
        }
    }

    /**
     * Makes the request that makes the object.
     *
     * @return empty where there is one, and it was to stay
     */
    private <T> Optional<T> askToStore(String attempt, Function<S3Client, T> request) {
        if (!first) {
            return Optional.of(bucket.ask(attempt, request));
        }
        // Once: made again after its answer was lost, it would find there what it had stored itself.
        return bucket.askOnce(attempt, client -> {
            try {
                return Optional.of(request.apply(client));
            } catch (S3Exception e) {
                if (e.statusCode() == HttpURLConnection.HTTP_PRECON_FAILED
                        || (e.statusCode() == HttpURLConnection.HTTP_CONFLICT && isThere(client))) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    /** Of two who store at the same moment, Amazon's may tell both of a conflict. */
    private boolean isThere(S3Client client) {
        try {
            client.headObject(head -> head.bucket(bucket.name()).key(key));
            return true;
        } catch (NoSuchKeyException e) {
            return false;
        }
    }

    private boolean isOther(String sha256) {
        return !options.sha256().orElse(sha256).equals(sha256);
    }

    private PutResult mismatch(String sha256) {
        return new PutResult.ChecksumMismatch(options.sha256().orElseThrow(), sha256);
    }

    private Stored stored(SdkResponse response, String etag, String sha256) {
        return new Stored(new Blob(
                key,
                parts.size(),
                options.contentType(),
                S3Blobs.etag(etag),
                Optional.of(sha256),
                StoreClock.now(response),
                options.metadata()));
    }
}
