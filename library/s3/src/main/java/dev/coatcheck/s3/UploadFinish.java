package dev.coatcheck.s3;

import dev.coatcheck.s3.Head.Ended;
import dev.coatcheck.s3.Head.Stage;
import dev.coatcheck.s3.Heads.Seen;
import dev.coatcheck.s3.Multipart.Completion;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.UploadRecord;
import dev.coatcheck.state.uploads.UploadStore.Finish;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.Part;

/**
 * How an upload becomes a blob: what is left is stored as the last part, the head is sealed, the parts are put together, and the
 * head says what they became. A process may die after each of these steps, and the next one goes on with the same parts; the store
 * puts them together once, so that a blob that was deleted meanwhile does not come back.
 */
record UploadFinish(Bucket bucket, S3Settings settings, Heads heads, Pieces pieces, UploadSweep cleaning) {
    /** By which an object is known as what an upload became, when the answer that said so was lost. */
    private static final String MARK = "coatcheck-upload";

    private static final int MARK_DIGITS = 32;

    /** Refuses what the store has no room for beside the blob. */
    static void requireRoom(UploadRecord upload) {
        var options = upload.begun().options();
        var sha256 = options.sha256().orElse("0".repeat(64));
        S3Blobs.userMetadata(Optional.of(sha256), options, MARK.length() + MARK_DIGITS);
    }

    /** @param sha256 of all the bytes, where that is known already */
    Multipart beginParts(UploadRecord upload, Optional<String> sha256) {
        var options = upload.begun().options();
        var metadata = new HashMap<>(S3Blobs.userMetadata(sha256, options));
        metadata.put(MARK, mark(upload.id()));
        return Multipart.begin(bucket, upload.begun().key().orElseThrow(), options.contentType(), metadata);
    }

    /** Says nothing of the id, which opens the upload. */
    private static String mark(UploadId id) {
        var digest = Digests.begin("SHA-256");
        digest.update("blob of ".getBytes(StandardCharsets.US_ASCII));
        digest.update(id.text().getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(digest.digest()).substring(0, MARK_DIGITS);
    }

    Finish finish(Seen seen, String sha256) {
        if (isTaken(seen.head().upload())) {
            return exists(seen);
        }
        var sealed = seen.head().stage() == Stage.SEALED ? Optional.of(seen) : seal(seen, sha256);
        return sealed.map(all -> complete(all, Optional.of(sha256))).orElseGet(Finish.Changed::new);
    }

    /** Makes known of which parts the blob is to be; empty where what was seen is not what is stored. */
    Optional<Seen> seal(Seen seen, String sha256) {
        var head = seen.head();
        var full = head.parts().first(head.fullChunks());
        if (head.multipart().isPresent()
                && head.tailLength() == 0
                && !full.numbers().isEmpty()) {
            return heads.replace(seen, head.sealed(head.multipart().get(), full));
        }
        if (head.nextPart() > Multipart.MOST_PARTS) {
            throw new IllegalStateException(
                    "an object has %d parts at the most, and no number is left for the last one of this upload:"
                                    .formatted(Multipart.MOST_PARTS)
                            + " its writers were superseded too often");
        }
        var last = last(seen);
        return last.isEmpty() ? Optional.empty() : seal(seen, sha256, last.get(), full);
    }

    private Optional<Seen> seal(Seen seen, String sha256, byte[] last, PartNumbers full) {
        var head = seen.head();
        var upload = head.upload();
        var parts = head.multipart()
                .map(name -> new Multipart(bucket, key(upload), name))
                .orElseGet(() -> beginParts(upload, Optional.of(sha256)));
        boolean stored = false;
        try {
            stored = parts.put(head.nextPart(), Digests.md5(last), RequestBody.fromBytes(last))
                    .isPresent();
        } finally {
            if (!stored && head.multipart().isEmpty()) {
                parts.tryToAbort();
            }
        }
        if (!stored) {
            cleaning.remove(seen);
            return Optional.empty();
        }
        var becomes = head.sealed(parts.id(), full.with(head.nextPart()));
        var sealed = heads.replace(seen, becomes);
        if (sealed.isEmpty()) {
            cleaning.discard(seen, becomes);
        }
        return sealed;
    }

    /**
     * The bytes of the last part: an object has one, be it empty.
     *
     * @return empty where they are not there, as somebody has changed the upload
     */
    private Optional<byte[]> last(Seen seen) {
        var head = seen.head();
        if (head.tailLength() == 0) {
            return Optional.of(new byte[0]);
        }
        var last = head.tail().flatMap(tail -> pieces.read(head.upload().id(), tail.name(), head.tailLength()));
        if (last.isEmpty() && heads.isStored(seen)) {
            // Nothing that was confirmed is given up for what a store does not find at this moment.
            throw noTail(bucket);
        }
        return last;
    }

    /** What is wrong where an upload refers to a beginning of a chunk that cannot be read. */
    static BackingServiceException noTail(Bucket bucket) {
        return new BackingServiceException(
                bucket.toString(),
                "read the last chunk of an upload",
                new IllegalStateException("it is not there, unless the upload was changed at this moment"));
    }

    /** Puts the parts together that are known. */
    Finish complete(Seen sealed, Optional<String> sha256) {
        var upload = sealed.head().upload();
        boolean decides = !settings.lacking().contains(BlobCapability.SOLE_CREATION);
        if (!decides && isTaken(upload)) {
            return exists(sealed);
        }
        boolean first = decides && upload.begun().options().ifAbsent();
        var parts = new Multipart(bucket, key(upload), sealed.head().multipart().orElseThrow());
        var completion = parts.list()
                .filter(listed -> !listed.isEmpty())
                .map(listed -> complete(sealed.head(), parts, listed, first))
                .orElseGet(Completion.Gone::new);
        var there = look(upload).filter(object -> isOf(upload, object));
        if (there.isPresent()) {
            var object = there.get();
            return ended(sealed, new Ended(S3Blobs.etag(object.eTag()), sha256, object.lastModified()));
        }
        return switch (completion) {
            // It was, and somebody has replaced or deleted it since.
            case Completion.Done(var response) ->
                ended(sealed, new Ended(S3Blobs.etag(response.eTag()), sha256, StoreClock.now(response)));
            case Completion.Exists() -> exists(sealed);
            case Completion.Changed() -> new Finish.Changed();
            case Completion.Gone() -> lost(sealed);
        };
    }

    /** Where only some of the parts are listed, the others are late: who gives parts up gives all of them up. */
    private static Completion complete(Head head, Multipart parts, List<Part> listed, boolean first) {
        return completed(head, listed).map(all -> parts.complete(all, first)).orElseGet(Completion.Changed::new);
    }

    /** The parts as the store has them; empty where some are missing. */
    private static Optional<List<CompletedPart>> completed(Head head, List<Part> listed) {
        var found = new HashMap<Integer, Part>();
        listed.forEach(part -> found.put(part.partNumber(), part));
        var all = new ArrayList<CompletedPart>();
        long size = 0;
        for (int number : head.parts().numbers()) {
            var part = found.get(number);
            if (part == null) {
                return Optional.empty();
            }
            size += part.size();
            all.add(CompletedPart.builder().partNumber(number).eTag(part.eTag()).build());
        }
        return size == head.length() ? Optional.of(all) : Optional.empty();
    }

    /** Whether there is a blob that is to stay. */
    private boolean isTaken(UploadRecord upload) {
        return upload.begun().options().ifAbsent()
                && look(upload).filter(object -> !isOf(upload, object)).isPresent();
    }

    private Optional<HeadObjectResponse> look(UploadRecord upload) {
        return bucket.ask("look for a blob", client -> {
            try {
                return Optional.of(
                        client.headObject(head -> head.bucket(bucket.name()).key(key(upload))));
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            }
        });
    }

    private static boolean isOf(UploadRecord upload, HeadObjectResponse object) {
        var mark = mark(upload.id());
        return object.metadata().entrySet().stream()
                .map(entry -> Map.entry(entry.getKey().toLowerCase(Locale.ROOT), entry.getValue()))
                .anyMatch(Map.entry(MARK, mark)::equals);
    }

    private Finish ended(Seen sealed, Ended as) {
        return heads.replace(sealed, sealed.head().finished(as))
                .<Finish>map(finished -> {
                    pieces.tryToDelete(
                            sealed.head().upload().id(), sealed.head().pieces());
                    return new Finish.Stored(finished.stored().blob().orElseThrow());
                })
                .orElseGet(Finish.Changed::new);
    }

    private Finish exists(Seen sealed) {
        return cleaning.remove(sealed) ? new Finish.Exists() : new Finish.Changed();
    }

    /** Its bytes are gone: who asks again is told that there is no such upload. */
    private Finish lost(Seen sealed) {
        cleaning.remove(sealed);
        return new Finish.Changed();
    }

    private static String key(UploadRecord upload) {
        return upload.begun().key().orElseThrow();
    }
}
