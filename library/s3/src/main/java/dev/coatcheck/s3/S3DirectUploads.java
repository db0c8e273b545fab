package dev.coatcheck.s3;

import dev.coatcheck.s3.Head.Stage;
import dev.coatcheck.s3.Heads.Seen;
import dev.coatcheck.state.blobs.PresignedRequest;
import dev.coatcheck.state.uploads.DirectBeginResult;
import dev.coatcheck.state.uploads.DirectUpload;
import dev.coatcheck.state.uploads.DirectUploadSettings;
import dev.coatcheck.state.uploads.DirectUploads;
import dev.coatcheck.state.uploads.FinishResult;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.PresignedPart;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.UploadRecord;
import dev.coatcheck.state.uploads.UploadStore.Finish;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.s3.model.Part;

/**
 * Uploads whose parts browsers store.
 *
 * <p>Nobody can read a part before it is an object's. So the first one is an object beside the others until the upload is finished:
 * then its first bytes are looked at, and the store copies it to its place, if it is still the one that was looked at.
 */
final class S3DirectUploads implements DirectUploads {
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration SHORTEST_LEAVE = Duration.ofSeconds(1);
    private static final long MOST_BYTES = (long) Multipart.MOST_PARTS * S3Settings.MOST_PART;

    private final Bucket bucket;
    private final S3Settings s3Settings;
    private final DirectUploadSettings settings;
    private final Heads heads;
    private final Pieces pieces;

    S3DirectUploads(Bucket bucket, S3Settings s3Settings, DirectUploadSettings settings, Heads heads) {
        this.bucket = bucket;
        this.s3Settings = s3Settings;
        this.settings = settings;
        this.heads = heads;
        this.pieces = new Pieces(bucket);
    }

    @Override
    public DirectBeginResult begin(NewUpload upload) {
        long length = upload.length().orElse(0);
        if (upload.key().isEmpty() || length == 0 || upload.options().sha256().isPresent()) {
            throw new IllegalArgumentException(
                    "what goes directly to the store has a key and a length of a byte or more when it is"
                            + " begun, and no SHA-256, which nobody could check");
        }
        if (length > upload.options().maxBytes()) {
            return new DirectBeginResult.TooLarge(upload.options().maxBytes());
        }
        if (length > MOST_BYTES) {
            return new DirectBeginResult.TooLarge(MOST_BYTES);
        }
        var record = new UploadRecord(
                UploadId.random(),
                upload,
                List.of(),
                partBytes(length),
                settings.expiry(),
                Duration.ZERO,
                0,
                Head.NO_DIGEST,
                "");
        UploadFinish.requireRoom(record);
        var parts = finishing().beginParts(record, Optional.empty());
        var seen = heads.create(Head.of(record).inParts(parts.id()))
                .orElseThrow(() -> new IllegalStateException("a random id was taken already"));
        return new DirectBeginResult.Begun(upload(seen, numbers(record)));
    }

    private int partBytes(long length) {
        long needed = (length - 1) / Multipart.MOST_PARTS + 1;
        return (int) Math.max(s3Settings.partBytes(), needed);
    }

    @Override
    public Optional<DirectUpload> find(UploadId id) {
        return present(id)
                .map(seen -> upload(seen, seen.head().stage() == Stage.OPEN ? missing(seen.head()) : List.of()));
    }

    private static DirectUpload upload(Seen seen, List<Integer> missing) {
        var record = seen.head().upload();
        return new DirectUpload(
                record.id(),
                record.begun(),
                record.chunkSize(),
                numbers(record).size(),
                missing,
                seen.changedAt().plus(record.expiry()),
                seen.stored().blob());
    }

    @Override
    public List<PresignedPart> sign(UploadId id, Collection<Integer> parts) {
        var wanted = Set.copyOf(parts);
        return present(id).filter(seen -> seen.head().stage() == Stage.OPEN).stream()
                .flatMap(seen -> numbers(seen.head().upload()).stream()
                        .filter(wanted::contains)
                        .limit(MOST_SIGNED)
                        .map(number -> sign(seen, number)))
                .toList();
    }

    private PresignedPart sign(Seen seen, int number) {
        var record = seen.head().upload();
        long length = length(record, number);
        return new PresignedPart(
                number, (long) (number - 1) * record.chunkSize(), length, request(seen, number, length));
    }

    /** Not beyond the end of the upload: a first part that is stored later would stay until it is swept, as often as it is. */
    private Duration leave(Seen seen) {
        var left = seen.head().upload().expiry().minus(seen.age());
        var leave = left.compareTo(settings.leave()) < 0 ? left : settings.leave();
        return leave.compareTo(SHORTEST_LEAVE) < 0 ? SHORTEST_LEAVE : leave;
    }

    private PresignedRequest request(Seen seen, int number, long length) {
        var head = seen.head();
        var record = head.upload();
        var leave = leave(seen);
        if (number == 1) {
            return S3PresignedBlobs.request(
                    "PUT",
                    bucket.sign(
                            "sign leave to store a part",
                            signer -> signer.presignPutObject(sign -> sign.signatureDuration(leave)
                                    .putObjectRequest(put -> put.bucket(bucket.name())
                                            .key(UploadNames.piece(record.id(), Head.FIRST))
                                            .contentLength(length)))));
        }
        return S3PresignedBlobs.request(
                "PUT",
                bucket.sign(
                        "sign leave to store a part",
                        signer -> signer.presignUploadPart(sign -> sign.signatureDuration(leave)
                                .uploadPartRequest(put -> put.bucket(bucket.name())
                                        .key(record.begun().key().orElseThrow())
                                        .uploadId(head.multipart().orElseThrow())
                                        .partNumber(number)
                                        .contentLength(length)))));
    }

    @Override
    public FinishResult finish(UploadId id) {
        var present = present(id);
        if (present.isEmpty()) {
            return new FinishResult.Missing();
        }
        var seen = present.get();
        return switch (seen.head().stage()) {
            case FINISHED -> new FinishResult.Stored(seen.stored().blob().orElseThrow());
            case SEALED -> complete(seen);
            case OPEN -> check(seen);
            case REMOVED -> new FinishResult.Missing();
        };
    }

    private FinishResult check(Seen seen) {
        var head = seen.head();
        var record = head.upload();
        var missing = missing(head);
        if (!missing.isEmpty()) {
            long length = record.begun().length().orElseThrow();
            return new FinishResult.Incomplete(
                    length
                            - missing.stream()
                                    .mapToLong(number -> length(record, number))
                                    .sum(),
                    length);
        }
        var first = pieces.look(record.id(), Head.FIRST, NewUpload.LEADING_BYTES);
        if (first.isEmpty() || first.get().size() != length(record, 1)) {
            return new FinishResult.Busy(RETRY); // stored anew this moment
        }
        if (!record.begun().mayBeginWith(first.get().head())) {
            return cleaning().remove(seen)
                    ? new FinishResult.WrongType(record.begun().options().contentType())
                    : new FinishResult.Busy(RETRY);
        }
        if (!parts(head)
                .copy(1, UploadNames.piece(record.id(), Head.FIRST), first.get().etag())) {
            return new FinishResult.Busy(RETRY);
        }
        return heads.replace(seen, head.sealed(parts(head).id(), new PartNumbers(numbers(record))))
                .map(this::complete)
                .orElseGet(() -> new FinishResult.Busy(RETRY));
    }

    private FinishResult complete(Seen sealed) {
        return switch (finishing().complete(sealed, Optional.empty())) {
            case Finish.Stored(var blob) -> new FinishResult.Stored(blob);
            case Finish.Exists() -> new FinishResult.Exists();
            case Finish.Changed() -> new FinishResult.Busy(RETRY);
        };
    }

    /** The parts that have not come, or have come with another length. */
    private List<Integer> missing(Head head) {
        var record = head.upload();
        var sizes = new HashMap<Integer, Long>();
        for (Part part : parts(head).list().orElseGet(List::of)) {
            sizes.put(part.partNumber(), part.size());
        }
        sizes.remove(1);
        pieces.look(record.id(), Head.FIRST, 1).ifPresent(first -> sizes.put(1, first.size()));
        var missing = new ArrayList<>(numbers(record));
        missing.removeIf(number -> sizes.getOrDefault(number, -1L) == length(record, number));
        return missing;
    }

    @Override
    public boolean abandon(UploadId id) {
        return present(id).filter(cleaning()::remove).isPresent();
    }

    @Override
    public int sweep(int limit) {
        return cleaning().sweep(limit);
    }

    private Optional<Seen> present(UploadId id) {
        return heads.find(id)
                .filter(seen -> seen.head().isDirect()
                        && seen.head().stage() != Stage.REMOVED
                        && seen.age().compareTo(seen.head().upload().expiry()) < 0);
    }

    private static List<Integer> numbers(UploadRecord record) {
        long parts = (record.begun().length().orElseThrow() - 1) / record.chunkSize() + 1;
        return IntStream.rangeClosed(1, (int) parts).boxed().toList();
    }

    private static long length(UploadRecord record, int number) {
        long begin = (long) (number - 1) * record.chunkSize();
        return Math.min(record.chunkSize(), record.begun().length().orElseThrow() - begin);
    }

    private Multipart parts(Head head) {
        return new Multipart(
                bucket,
                head.upload().begun().key().orElseThrow(),
                head.multipart().orElseThrow());
    }

    private UploadSweep cleaning() {
        return new UploadSweep(bucket, heads, pieces, S3UploadStore.GRACE);
    }

    private UploadFinish finishing() {
        return new UploadFinish(bucket, s3Settings, heads, pieces, cleaning());
    }
}
