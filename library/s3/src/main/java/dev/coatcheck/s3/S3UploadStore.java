package dev.coatcheck.s3;

import dev.coatcheck.s3.Head.Stage;
import dev.coatcheck.s3.Head.Tail;
import dev.coatcheck.s3.Heads.Seen;
import dev.coatcheck.state.uploads.Chunk;
import dev.coatcheck.state.uploads.StoredUpload;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.UploadRecord;
import dev.coatcheck.state.uploads.UploadStore;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Uploads as objects and parts: a {@link Head} for each, and its bytes as parts of the blob that it is to become. What is too
 * short for a part is an object beside it until there is more.
 *
 * <p>A part of S3's is whoever's that stored it last, and a process that was taken for dead may store one late. So no number is
 * used by two writers: who takes another's place leaves out the one that this may still be using.
 */
final class S3UploadStore implements UploadStore {
    /** How old something is that nobody refers to, and that a living writer may be about to. */
    static final Duration GRACE = Duration.ofHours(1);

    /** What is left of the numbers for who has to leave some out. */
    private static final int PARTS_OF_A_FULL_UPLOAD = 9_000;

    /** What a writer may have to hold in memory, where the settings do not ask for more. */
    private static final int LARGEST_CHUNK = 64 << 20;

    private static final int MOST_TRIES = 100;

    private final Bucket bucket;
    private final S3Settings settings;
    private final Heads heads;
    private final Pieces pieces;
    private final Duration grace;

    S3UploadStore(Bucket bucket, S3Settings settings, Heads heads, Duration grace) {
        this.bucket = bucket;
        this.settings = settings;
        this.heads = heads;
        this.pieces = new Pieces(bucket);
        this.grace = grace;
    }

    /** As many parts as the store takes, where it is known how large it can get. */
    @Override
    public int chunkSize(long maxBytes) {
        if (maxBytes == Long.MAX_VALUE) {
            return settings.partBytes();
        }
        long needed = (maxBytes - 1) / PARTS_OF_A_FULL_UPLOAD + 1;
        return Math.clamp(needed, settings.partBytes(), largestChunk());
    }

    /** What a client announces decides how large the parts are, and so must not decide how much memory they take. */
    @Override
    public long mostBytes() {
        return (long) largestChunk() * PARTS_OF_A_FULL_UPLOAD;
    }

    private int largestChunk() {
        return Math.max(settings.partBytes(), LARGEST_CHUNK);
    }

    @Override
    public Optional<StoredUpload> create(UploadRecord upload) {
        // Refused here rather than after the first part.
        UploadFinish.requireRoom(upload);
        var head = Head.of(upload);
        return heads.create(head)
                .or(() -> heads.find(upload.id())
                        .filter(there -> there.head().stage() == Stage.REMOVED)
                        .flatMap(there -> heads.replace(there, head)))
                .map(Seen::stored);
    }

    @Override
    public Optional<StoredUpload> find(UploadId id) {
        return present(id).map(Seen::stored);
    }

    private Optional<Seen> present(UploadId id) {
        return heads.find(id)
                .filter(seen ->
                        seen.head().stage() != Stage.REMOVED && !seen.head().isDirect());
    }

    @Override
    public byte[] tail(StoredUpload upload) {
        var head = Seen.of(upload).head();
        return head.tail()
                .flatMap(tail -> pieces.read(upload.record().id(), tail.name(), head.tailLength()))
                .orElseThrow(() -> UploadFinish.noTail(bucket));
    }

    @Override
    public Optional<StoredUpload> replace(StoredUpload was, UploadRecord becomes) {
        if (was.blob().isPresent()) {
            return Optional.empty();
        }
        var seen = Seen.of(was);
        var head = isOver(was) ? seen.head().supersededBy(becomes) : seen.head().with(becomes);
        return change(seen, head).map(Seen::stored);
    }

    /** Whether a writer's time was over when it was seen; who replaces it then is another. */
    private static boolean isOver(StoredUpload was) {
        return was.record().isBeingWritten() && was.age().compareTo(was.record().lease()) >= 0;
    }

    @Override
    public Optional<StoredUpload> write(StoredUpload was, UploadRecord becomes, Chunk chunk) {
        if (was.blob().isPresent()) {
            return Optional.empty();
        }
        var seen = Seen.of(was);
        if (chunk.length() < becomes.chunkSize()) {
            return writeTail(seen, becomes, chunk).map(Seen::stored);
        }
        if (seen.head().nextPart() >= Multipart.MOST_PARTS) { // the last is for what is left at the end
            throw new IllegalStateException(
                    "an object has %d parts at the most, and this upload has had that many: say how"
                                    .formatted(Multipart.MOST_PARTS)
                            + " large it can get when it is begun (PutOptions.withMaxBytes), so that its parts are larger");
        }
        return (becomes.begun().key().isEmpty() ? writePiece(seen, becomes, chunk) : writePart(seen, becomes, chunk))
                .map(Seen::stored);
    }

    private Optional<Seen> writeTail(Seen seen, UploadRecord becomes, Chunk chunk) {
        var tail = Tail.of(chunk.number(), chunk.length());
        pieces.put(becomes.id(), tail.name(), chunk);
        return change(seen, seen.head().withTail(becomes, tail));
    }

    /** A chunk of what is only to be joined with others: parts could not be read before they are an object. */
    private Optional<Seen> writePiece(Seen seen, UploadRecord becomes, Chunk chunk) {
        var name = "" + seen.head().nextPart();
        pieces.put(becomes.id(), name, chunk);
        return change(seen, seen.head().withPart(becomes, chunk.number()));
    }

    private Optional<Seen> writePart(Seen seen, UploadRecord becomes, Chunk chunk) {
        var head = seen.head();
        var key = becomes.begun().key().orElseThrow();
        boolean fresh = head.multipart().isEmpty();
        if (fresh && !heads.isStored(seen)) {
            return Optional.empty(); // rather than begin parts that nobody will need
        }
        var parts = head.multipart()
                .map(name -> new Multipart(bucket, key, name))
                .orElseGet(() -> finishing()
                        .beginParts(becomes, becomes.begun().options().sha256()));
        boolean stored = false;
        try {
            stored = parts.put(head.nextPart(), Pieces.md5(chunk), Pieces.body(chunk))
                    .isPresent();
        } finally {
            if (fresh && !stored) {
                parts.tryToAbort();
            }
        }
        if (!stored) {
            // Somebody has given the parts up, and the upload with them.
            remove(seen.stored());
            return Optional.empty();
        }
        return change(seen, head.inParts(parts.id()).withPart(becomes, chunk.number()));
    }

    /** Replaces the head, and deletes what it refers to no more; or what it would have referred to, where it was not. */
    private Optional<Seen> change(Seen seen, Head becomes) {
        var changed = heads.replace(seen, becomes);
        if (changed.isEmpty()) {
            cleaning().discard(seen, becomes);
            return changed;
        }
        var dropped = new HashSet<>(seen.head().pieces());
        dropped.removeAll(becomes.pieces());
        pieces.tryToDelete(becomes.upload().id(), dropped);
        return changed;
    }

    @Override
    public InputStream open(StoredUpload part) {
        return new PieceContent(pieces, Seen.of(part).head());
    }

    @Override
    public Finish finish(StoredUpload was, String sha256) {
        return was.blob().isPresent() ? new Finish.Changed() : finishing().finish(Seen.of(was), sha256);
    }

    @Override
    public boolean remove(UploadId id) {
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            var seen = present(id);
            if (seen.isEmpty()) {
                return false;
            }
            if (cleaning().remove(seen.get())) {
                return true;
            }
        }
        throw new IllegalStateException("an upload was changed each time that it was to be removed");
    }

    @Override
    public boolean remove(StoredUpload was) {
        return was.blob().isEmpty() && cleaning().remove(Seen.of(was));
    }

    @Override
    public int sweep(int limit) {
        return cleaning().sweep(limit);
    }

    /** The store's names for the parts of uploads that go on. */
    Set<String> multiparts() {
        return cleaning().multiparts();
    }

    private UploadSweep cleaning() {
        return new UploadSweep(bucket, heads, pieces, grace);
    }

    private UploadFinish finishing() {
        return new UploadFinish(bucket, settings, heads, pieces, cleaning());
    }
}
