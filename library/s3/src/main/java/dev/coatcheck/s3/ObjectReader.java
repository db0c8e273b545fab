package dev.coatcheck.s3;

import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult;
import dev.coatcheck.state.blobs.ReadResult.Found;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Opens one object. */
final class ObjectReader {
    static final int RANGE_NOT_SATISFIABLE = 416;
    /** Such as "bytes 0-9/3145828". */
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18})");

    private final Bucket bucket;
    private final String key;
    private final ReadOptions options;

    ObjectReader(Bucket bucket, String key, ReadOptions options) {
        this.bucket = bucket;
        this.key = key;
        this.options = options;
    }

    /** Asks for it; empty where it has no such byte. */
    Optional<ReadResult> open() {
        return bucket.ask("read a blob", client -> {
            try {
                return Optional.of(opened(client.getObject(
                        get -> get.bucket(bucket.name()).key(key).range(range().orElse(null)))));
            } catch (NoSuchKeyException e) {
                return Optional.of(new ReadResult.Missing());
            } catch (S3Exception e) {
                if (e.statusCode() == RANGE_NOT_SATISFIABLE) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    /** What is to be said of an object that has no such byte. */
    static ReadResult withoutByte(Blob blob, ReadOptions options) {
        return blob.size() == 0 && options.offset() == 0
                ? new Found(blob, 0, 0, InputStream.nullInputStream())
                : new ReadResult.OutOfRange(blob);
    }

    private Optional<String> range() {
        long offset = options.offset();
        if (offset == 0 && options.length().isEmpty()) {
            return Optional.empty();
        }
        long last = offset + options.length().orElse(0) - 1;
        return Optional.of("bytes=" + offset + "-" + (options.length().isEmpty() || last < offset ? "" : last));
    }

    /** Of the whole object, if the answer is the range that was asked for. */
    static long size(GetObjectResponse response, long offset) {
        var range = CONTENT_RANGE.matcher(Objects.requireNonNullElse(response.contentRange(), ""));
        if (!range.matches() || Long.parseLong(range.group(1)) != offset) {
            throw SdkClientException.create("the store answered a range of an object with something else");
        }
        return Long.parseLong(range.group(2));
    }

    private Found opened(ResponseInputStream<GetObjectResponse> content) {
        try {
            return found(content);
        } catch (RuntimeException e) {
            content.abort(); // or its connection would never be free again
            throw e;
        }
    }

    private Found found(ResponseInputStream<GetObjectResponse> content) {
        var response = content.response();
        long length = response.contentLength();
        long size = range().isEmpty() ? length : size(response, options.offset());
        var blob = S3Blobs.blob(
                key, size, response.contentType(), response.eTag(), response.lastModified(), response.metadata());
        return new Found(blob, options.offset(), length, new ObjectContent(content, length));
    }
}
