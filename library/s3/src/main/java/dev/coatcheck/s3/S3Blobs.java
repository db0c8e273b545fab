package dev.coatcheck.s3;

import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.BlobDescription;
import dev.coatcheck.state.blobs.BlobKey;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.Listed;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Blobs as objects of a bucket: the key is the object's, and what is known of it beside its bytes is its metadata. */
final class S3Blobs implements Blobs {
    private static final int LONGEST_PAGE = 1_000;

    /** What Amazon's takes of user metadata. */
    private static final int MOST_METADATA_BYTES = 2_048;

    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9!\\-_.*'()/]{0,512}");

    private final Bucket bucket;
    private final S3Settings settings;

    S3Blobs(Bucket bucket, S3Settings settings) {
        this.bucket = bucket;
        this.settings = settings;
    }

    @Override
    public Set<BlobCapability> capabilities() {
        var declared = EnumSet.complementOf(EnumSet.of(BlobCapability.CHECKSUMS, BlobCapability.SOLE_DELETION));
        declared.removeAll(settings.lacking());
        return Collections.unmodifiableSet(declared);
    }

    @Override
    public PutResult put(String key, InputStream content, PutOptions options) throws IOException {
        BlobKey.require(key);
        // Refused here rather than after the first part.
        userMetadata(options.sha256(), options);
        if (options.ifAbsent() && stat(key).isPresent()) {
            return new PutResult.Exists();
        }
        return new ObjectWriter(bucket, settings, key, content, options).write();
    }

    @Override
    public ReadResult read(String key, ReadOptions options) {
        if (!canBeThere(key)) {
            return new ReadResult.Missing();
        }
        if (options.ifNoneMatch().isPresent()) {
            // Asked first, since "not modified" says nothing of the object but its tag.
            var blob = stat(key);
            if (blob.isEmpty()) {
                return new ReadResult.Missing();
            }
            if (options.ifNoneMatch().filter(blob.get().etag()::equals).isPresent()) {
                return new ReadResult.NotModified(blob.get());
            }
        }
        return new ObjectReader(bucket, key, options)
                .open()
                .or(() -> stat(key).map(blob -> ObjectReader.withoutByte(blob, options)))
                .orElseGet(ReadResult.Missing::new);
    }

    @Override
    public Optional<Blob> stat(String key) {
        if (!canBeThere(key)) {
            return Optional.empty();
        }
        return bucket.ask("look for a blob", client -> {
            try {
                return Optional.of(blob(
                        key,
                        client.headObject(head -> head.bucket(bucket.name()).key(key))));
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            }
        });
    }

    /** Whether it may be asked for: what looks like a path could lead elsewhere, and was never stored here. */
    private static boolean canBeThere(String key) {
        return BlobKey.isKey(BlobKey.requireEverStored(key));
    }

    private static Blob blob(String key, HeadObjectResponse head) {
        return blob(key, head.contentLength(), head.contentType(), head.eTag(), head.lastModified(), head.metadata());
    }

    /** What is to be known of a blob besides its bytes, as the user metadata of its object. */
    static Map<String, String> userMetadata(Optional<String> sha256, PutOptions options) {
        return userMetadata(sha256, options, 0);
    }

    /** @param beside how many bytes of user metadata there are beside this */
    static Map<String, String> userMetadata(Optional<String> sha256, PutOptions options, int beside) {
        var description = new BlobDescription(sha256, options.metadata());
        return Map.of(BlobDescription.NAME, description.toText(MOST_METADATA_BYTES - beside));
    }

    static Blob blob(
            String key,
            long size,
            @Nullable String contentType,
            String etag,
            Instant storedAt,
            Map<String, String> userMetadata) {
        var description = BlobDescription.of(userMetadata);
        return new Blob(
                key,
                size,
                // What somebody else put there may have none.
                Objects.requireNonNullElse(contentType, PutOptions.defaults().contentType()),
                etag(etag),
                description.sha256(),
                storedAt,
                description.metadata());
    }

    @Override
    public List<Listed> list(String prefix, String after, int limit) {
        if (limit < 1 || limit > LONGEST_PAGE) {
            throw new IllegalArgumentException("a page has 1 to %d blobs, not %d".formatted(LONGEST_PAGE, limit));
        }
        if (!after.isEmpty()) {
            BlobKey.requireEverStored(after);
        }
        if (!PREFIX.matcher(prefix).matches()) {
            return List.of();
        }
        var found = new ArrayList<Listed>();
        var page = page(prefix, after, limit);
        while (true) {
            // What others put there under names that are no keys is not a blob, and leaves the page short.
            page.contents().stream()
                    .filter(object -> BlobKey.isKey(object.key()))
                    .limit(limit - (long) found.size())
                    .map(S3Blobs::listed)
                    .forEach(found::add);
            boolean isMore =
                    Boolean.TRUE.equals(page.isTruncated()) && !page.contents().isEmpty();
            if (found.size() == limit || !isMore) {
                return List.copyOf(found);
            }
            // Where others keep much, what is missing would be asked for key by key.
            page = page(prefix, page.contents().getLast().key(), LONGEST_PAGE);
        }
    }

    private ListObjectsV2Response page(String prefix, String after, int limit) {
        return bucket.ask(
                "list blobs",
                client -> client.listObjectsV2(list -> list.bucket(bucket.name())
                        .prefix(prefix)
                        .startAfter(after.isEmpty() ? null : after)
                        .maxKeys(limit)));
    }

    private static Listed listed(S3Object object) {
        // In whole seconds, as the store tells of one object alone.
        var storedAt = Instant.ofEpochSecond(object.lastModified().getEpochSecond());
        return new Listed(object.key(), object.size(), etag(object.eTag()), storedAt);
    }

    /** Looks first, since Amazon's says of what was never there that it is deleted. */
    @Override
    public boolean delete(String key) {
        if (stat(key).isEmpty()) {
            return false;
        }
        return bucket.ask("delete a blob", client -> {
            try {
                client.deleteObject(delete -> delete.bucket(bucket.name()).key(key));
            } catch (NoSuchKeyException e) {
                // Google's says so to who comes second: this call too, where it lost the answer and asked again.
            }
            return true;
        });
    }

    static String etag(String quoted) {
        return quoted.replace("\"", "");
    }
}
