package dev.coatcheck.s3;

import static java.lang.System.Logger.Level.DEBUG;

import dev.coatcheck.state.BackingServiceException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Parts that become one object, under the name that the store gave them. Nobody sees any of them before all are put together,
 * which happens once; whichever process has the name goes on with them.
 */
record Multipart(Bucket bucket, String key, String id) {
    /** What S3 allows. */
    static final int MOST_PARTS = 10_000;

    private static final String INVALID_PART = "InvalidPart";

    private static final System.Logger LOG = System.getLogger(Multipart.class.getName());

    /** What came of putting parts together. */
    sealed interface Completion {
        /** They are the object now. */
        record Done(CompleteMultipartUploadResponse response) implements Completion {}

        /** There is an object, and it was to stay. */
        record Exists() implements Completion {}

        /** One of them was stored anew since they were listed, or is not listed yet; they are there, to be asked about again. */
        record Changed() implements Completion {}

        /** They have become an object already, or were given up. */
        record Gone() implements Completion {}
    }

    static Multipart begin(Bucket bucket, String key, String contentType, Map<String, String> metadata) {
        var begun = bucket.ask(
                "begin to store a blob in parts",
                client -> client.createMultipartUpload(create -> create.bucket(bucket.name())
                        .key(key)
                        .contentType(contentType)
                        .metadata(metadata)));
        return new Multipart(bucket, key, begun.uploadId());
    }

    /**
     * Stores a part, in place of what had its number.
     *
     * @return its ETag; empty where the parts have become an object already, or were given up
     */
    Optional<String> put(int number, String md5, RequestBody content) {
        return bucket.ask("store a part of a blob", client -> {
            try {
                return Optional.of(client.uploadPart(
                                part -> part.bucket(bucket.name())
                                        .key(key)
                                        .uploadId(id)
                                        .partNumber(number)
                                        .contentMD5(md5),
                                content)
                        .eTag());
            } catch (NoSuchUploadException e) {
                return Optional.empty();
            }
        });
    }

    /**
     * Stores an object of the same bucket as a part, which no process sees.
     *
     * @param etag of the object
     * @return whether it is still that one, and the parts are still there
     */
    boolean copy(int number, String from, String etag) {
        return bucket.ask("copy a part of a blob", client -> {
            try {
                client.uploadPartCopy(copy -> copy.sourceBucket(bucket.name())
                        .sourceKey(from)
                        .copySourceIfMatch(etag)
                        .destinationBucket(bucket.name())
                        .destinationKey(key)
                        .uploadId(id)
                        .partNumber(number)
                        .overrideConfiguration(bucket::givenTime));
                return true;
            } catch (NoSuchUploadException | NoSuchKeyException e) {
                return false;
            } catch (S3Exception e) {
                if (e.statusCode() == HttpURLConnection.HTTP_PRECON_FAILED) {
                    return false;
                }
                throw e;
            }
        });
    }

    /**
     * The parts that the store has, in the order of their numbers: one round trip for each 1000.
     *
     * @return empty where they have become an object already, or were given up
     */
    Optional<List<Part>> list() {
        var parts = new ArrayList<Part>();
        var page = page(null);
        while (page.isPresent()) {
            parts.addAll(page.get().parts());
            if (!Boolean.TRUE.equals(page.get().isTruncated())) {
                return Optional.of(parts);
            }
            page = page(page.get().nextPartNumberMarker());
        }
        return Optional.empty();
    }

    private Optional<ListPartsResponse> page(@Nullable Integer after) {
        return bucket.ask("list the parts of a blob", client -> {
            try {
                return Optional.of(client.listParts(
                        list -> list.bucket(bucket.name()).key(key).uploadId(id).partNumberMarker(after)));
            } catch (NoSuchUploadException e) {
                return Optional.empty();
            }
        });
    }

    /**
     * Makes parts the object.
     *
     * @param first whether only where there is no object yet
     */
    Completion complete(Collection<CompletedPart> parts, boolean first) {
        return bucket.ask("put the parts of a blob together", client -> {
            try {
                return new Completion.Done(complete(client, parts, first));
            } catch (NoSuchUploadException e) {
                return new Completion.Gone();
            } catch (S3Exception e) {
                if (first && e.statusCode() == HttpURLConnection.HTTP_PRECON_FAILED) {
                    return new Completion.Exists();
                }
                // Or another stores the object at the same moment, and it shows soon whether there is one.
                if (isInvalidPart(e) || (first && e.statusCode() == HttpURLConnection.HTTP_CONFLICT)) {
                    return new Completion.Changed();
                }
                throw e;
            }
        });
    }

    private static boolean isInvalidPart(S3Exception e) {
        return e.awsErrorDetails() != null
                && INVALID_PART.equals(e.awsErrorDetails().errorCode());
    }

    /** The same, with the client and the exceptions of Amazon's. */
    CompleteMultipartUploadResponse complete(S3Client client, Collection<CompletedPart> parts, boolean first) {
        return client.completeMultipartUpload(complete -> complete.bucket(bucket.name())
                .key(key)
                .uploadId(id)
                .ifNoneMatch(first ? "*" : null)
                .multipartUpload(all -> all.parts(parts))
                .overrideConfiguration(bucket::givenTime));
    }

    /** Gives the parts up; whether there were any to give up. */
    boolean abort() {
        return bucket.ask("give up an upload", client -> {
            try {
                client.abortMultipartUpload(
                        abort -> abort.bucket(bucket.name()).key(key).uploadId(id));
                return true;
            } catch (NoSuchUploadException e) {
                return false;
            }
        });
    }

    /** Gives the parts up. Where the store cannot be told, they are left for whoever sweeps. */
    void tryToAbort() {
        // An interrupted thread is refused every request, and would leave just those parts that nobody needs.
        boolean isInterrupted = Thread.interrupted();
        try {
            abort();
        } catch (BackingServiceException e) {
            LOG.log(DEBUG, "left to be swept", e);
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
