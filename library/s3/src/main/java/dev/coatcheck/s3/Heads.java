package dev.coatcheck.s3;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.uploads.StoredUpload;
import dev.coatcheck.state.uploads.UploadId;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The heads of uploads, each an object, which is replaced by who has seen the one before.
 *
 * <p>A store that stores on condition ({@code If-Match}) decides who that is. For one that does not, a lease of another store
 * keeps those who would replace a head from each other, and whoever has it looks first. That holds as long as no request
 * arrives at the store later than the lease of who sent it lasts. Where there are leases and the store is not known to ignore
 * conditions, both decide.
 */
final class Heads {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A lease must outlast the request that it protects, which takes twice the time-out, and a tenth of it is not counted on. */
    private static final int LEAST_TIMEOUTS = 3;

    /** An ETag that no object has. */
    private static final String NOBODYS = "\"00000000000000000000000000000000\"";

    private final Bucket bucket;
    private final boolean onCondition;
    private final Optional<Leases> leases;
    private final Duration longest;
    private final AtomicBoolean proven = new AtomicBoolean();

    private Heads(Bucket bucket, S3Settings settings, Optional<Leases> leases) {
        this.bucket = bucket;
        this.onCondition = !settings.lacking().contains(BlobCapability.SOLE_CREATION);
        this.leases = leases;
        this.longest = Bucket.longest(settings);
    }

    /** Of a store that decides. Whether it does is tried at the first upload that begins. */
    static Heads decided(Bucket bucket, S3Settings settings) {
        return new Heads(bucket, settings, Optional.empty());
    }

    /** @throws IllegalArgumentException where the leases are too short to outlast a request */
    static Heads leased(Bucket bucket, S3Settings settings, Leases leases) {
        var least = settings.requestTimeout().multipliedBy(LEAST_TIMEOUTS);
        if (leases.duration().compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    "uploads on %s need leases of %s or longer, three times the time-out of a request, not of %s:"
                                    .formatted(bucket, least, leases.duration())
                            + " shorten S3Settings.requestTimeout, or lengthen LeaseSettings.duration");
        }
        return new Heads(bucket, settings, Optional.of(leases));
    }

    /**
     * A head as the store has it.
     *
     * @param text as it is stored
     */
    record Seen(Head head, String text, String etag, Instant changedAt, Duration age) {

        /** What was seen of an upload. */
        static Seen of(StoredUpload upload) {
            var fields = upload.version().split("\n", 2);
            return new Seen(Head.read(fields[1]), fields[1], fields[0], upload.changedAt(), upload.age());
        }

        StoredUpload stored() {
            var blob = head.blob().map(this::blob);
            return new StoredUpload(head.upload(), etag + "\n" + text, changedAt, age, blob);
        }

        private Blob blob(Head.Ended ended) {
            var upload = head.upload();
            var options = upload.begun().options();
            return new Blob(
                    upload.begun().key().orElseThrow(),
                    head.length(),
                    options.contentType(),
                    ended.etag(),
                    ended.sha256(),
                    ended.storedAt(),
                    options.metadata());
        }
    }

    /** A head, also of an upload that is being removed. */
    Optional<Seen> find(UploadId id) {
        return bucket.ask("look for an upload", client -> {
            try (var content = client.getObject(get -> get.bucket(bucket.name()).key(UploadNames.head(id)))) {
                return Optional.of(seen(content));
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            } catch (IOException e) {
                throw SdkClientException.create("the head of an upload broke off", e);
            }
        });
    }

    private static Seen seen(ResponseInputStream<GetObjectResponse> content) throws IOException {
        var response = content.response();
        var text = new String(content.readAllBytes(), StandardCharsets.UTF_8);
        var head = Head.read(text);
        var counted = response.lastModified();
        return new Seen(
                head,
                text,
                response.eTag(),
                StoreClock.storedAt(head.writtenAt(), counted),
                StoreClock.age(head.writtenAt(), counted, StoreClock.now(response), Instant.now()));
    }

    /**
     * Stores the first head of an upload; empty where there is one. The first time, one round trip more.
     *
     * @throws UnsupportedOperationException where the store was to decide, and ignores conditions
     */
    Optional<Seen> create(Head head) {
        var created = put(null, head.stamped());
        created.filter(seen -> leases.isEmpty() && !proven.get()).ifPresent(this::prove);
        return created;
    }

    /** Stores a head over itself on a condition that cannot hold. */
    private void prove(Seen created) {
        if (store(created.head(), put -> put.ifMatch(NOBODYS)).isPresent()) {
            bucket.ask(
                    "forget an upload",
                    client -> client.deleteObject(
                            named(created.head().upload().id()).build()));
            throw new UnsupportedOperationException(
                    bucket + " ignores conditions (If-Match): uploads on it need the leases of another store, and "
                            + "S3Settings.without(BlobCapability.SOLE_CREATION)");
        }
        proven.set(true);
    }

    /**
     * Replaces a head.
     *
     * @return empty where it is not what is stored, or the store had another to do with it at this moment. Where an answer was
     *     lost, what was to replace it may have been stored all the same, and another may have gone on from it
     */
    Optional<Seen> replace(Seen was, Head head) {
        return put(was, head.stamped());
    }

    private Optional<Seen> put(@Nullable Seen was, Head head) {
        return leases.isEmpty() ? decide(was, head) : alone(head.upload().id(), was, () -> decide(was, head));
    }

    private Optional<Seen> decide(@Nullable Seen was, Head head) {
        if (!onCondition) {
            return store(head, put -> {});
        }
        var stored =
                was == null ? store(head, put -> put.ifNoneMatch("*")) : store(head, put -> put.ifMatch(was.etag()));
        // Asked twice, since the first answer was lost, the store finds there what it has just stored.
        return stored.or(() ->
                find(head.upload().id()).filter(seen -> seen.head().token().equals(head.token())));
    }

    private Optional<Seen> store(Head head, Consumer<PutObjectRequest.Builder> condition) {
        var text = head.text();
        return bucket.ask("change an upload", client -> {
            try {
                var put = client.putObject(
                        object -> condition.accept(object.bucket(bucket.name())
                                .key(UploadNames.head(head.upload().id()))
                                .contentType("text/plain")),
                        RequestBody.fromString(text, StandardCharsets.UTF_8));
                var changedAt = StoreClock.storedAt(head.writtenAt(), StoreClock.now(put));
                return Optional.of(new Seen(head, text, put.eTag(), changedAt, Duration.ZERO));
            } catch (S3Exception e) {
                if (isOther(e)) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    /** Whether the condition did not hold; or another who stores at the same moment may have made that so. */
    private static boolean isOther(S3Exception e) {
        return e.statusCode() == HttpURLConnection.HTTP_PRECON_FAILED
                || e.statusCode() == HttpURLConnection.HTTP_CONFLICT
                || e instanceof NoSuchKeyException;
    }

    /** Deletes a head while it is what is stored. */
    void delete(Seen was) {
        var id = was.head().upload().id();
        if (leases.isEmpty()) {
            delete(id, was.etag());
        } else {
            alone(id, was, () -> {
                delete(id, was.etag());
                return Optional.empty();
            });
        }
    }

    private void delete(UploadId id, String etag) {
        bucket.ask("forget an upload", client -> {
            if (onCondition) {
                deleteOnCondition(client, id, etag);
            } else {
                client.deleteObject(named(id).build());
            }
            return id;
        });
    }

    private void deleteOnCondition(S3Client client, UploadId id, String etag) {
        try {
            client.deleteObject(named(id).ifMatch(etag).build());
        } catch (S3Exception e) {
            if (knowsNoCondition(e)) {
                // Nobody but who joins the same parts once more would begin an upload of this id again.
                client.deleteObject(named(id).build());
            } else if (!isOther(e)) {
                throw e;
            }
        }
    }

    /** Stores that take a condition on storing alone say that it is not implemented, or that the request is a bad one. */
    private static boolean knowsNoCondition(S3Exception e) {
        return e.statusCode() == HttpURLConnection.HTTP_NOT_IMPLEMENTED
                || e.statusCode() == HttpURLConnection.HTTP_BAD_REQUEST;
    }

    private DeleteObjectRequest.Builder named(UploadId id) {
        return DeleteObjectRequest.builder().bucket(bucket.name()).key(UploadNames.head(id));
    }

    /** Whether a head is what is stored, for this moment. */
    boolean isStored(Seen seen) {
        return isStored(seen.head().upload().id(), seen);
    }

    private boolean isStored(UploadId id, @Nullable Seen was) {
        var now = find(id);
        return was == null
                ? now.isEmpty()
                : now.filter(seen -> seen.head().token().equals(was.head().token()))
                        .isPresent();
    }

    /** Under the lease of an upload, where a head is what is stored, and the lease is held for as long as a request may take. */
    private Optional<Seen> alone(UploadId id, @Nullable Seen was, Supplier<Optional<Seen>> action) {
        try {
            if (leases.orElseThrow().acquire("upload/" + id.text(), PATIENCE) instanceof Acquired(var lease)) {
                try (lease) {
                    return isStored(id, was) && lease.remaining().compareTo(longest) > 0
                            ? action.get()
                            : Optional.empty();
                }
            }
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackingServiceException(bucket.toString(), "change an upload", e);
        }
    }
}
