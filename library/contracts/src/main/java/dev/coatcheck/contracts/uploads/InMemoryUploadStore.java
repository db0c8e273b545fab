package dev.coatcheck.contracts.uploads;

import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.PutResult;
import dev.coatcheck.state.uploads.Chunk;
import dev.coatcheck.state.uploads.StoredUpload;
import dev.coatcheck.state.uploads.UploadId;
import dev.coatcheck.state.uploads.UploadRecord;
import dev.coatcheck.state.uploads.UploadStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Uploads in the memory of this process: the reference for the contract, and for tests of an application that need no
 * store. They are gone with the process, so it has no place in production.
 *
 * <p>Thread-safe. The clock is the one it is given, so a test moves time.
 */
public final class InMemoryUploadStore implements UploadStore {
    private static final int CHUNK_SIZE = 1 << 20;

    private final Blobs blobs;
    private final InstantSource clock;
    private final Map<UploadId, Held> uploads = new HashMap<>();

    private static final class Held {
        private UploadRecord record;
        private String token = UUID.randomUUID().toString();
        private Instant changedAt;
        private Optional<Blob> blob = Optional.empty();
        private byte[] bytes = {};

        Held(UploadRecord record, Instant now) {
            this.record = record;
            this.changedAt = now;
        }
    }

    /** @param blobs where finished uploads become blobs */
    public InMemoryUploadStore(Blobs blobs, InstantSource clock) {
        this.blobs = blobs;
        this.clock = clock;
    }

    @Override
    public int chunkSize(long maxBytes) {
        return CHUNK_SIZE;
    }

    @Override
    public synchronized Optional<StoredUpload> create(UploadRecord upload) {
        if (uploads.containsKey(upload.id())) {
            return Optional.empty();
        }
        uploads.put(upload.id(), new Held(upload, now()));
        return find(upload.id());
    }

    @Override
    public synchronized Optional<StoredUpload> find(UploadId id) {
        return Optional.ofNullable(uploads.get(id))
                .map(held -> new StoredUpload(
                        held.record, held.token, held.changedAt, Duration.between(held.changedAt, now()), held.blob));
    }

    @Override
    public synchronized byte[] tail(StoredUpload upload) {
        int end = (int) upload.record().offset();
        return current(upload)
                .map(held -> Arrays.copyOfRange(held.bytes, end - end % CHUNK_SIZE, end))
                .orElseThrow(() -> new IllegalStateException("the upload was changed"));
    }

    @Override
    public synchronized Optional<StoredUpload> replace(StoredUpload was, UploadRecord becomes) {
        return current(was).flatMap(held -> changed(held, becomes));
    }

    @Override
    public synchronized Optional<StoredUpload> write(StoredUpload was, UploadRecord becomes, Chunk chunk) {
        return current(was).flatMap(held -> {
            int begin = Math.toIntExact(chunk.number() * CHUNK_SIZE);
            int end = begin + chunk.length();
            held.bytes = Arrays.copyOf(held.bytes, Math.max(held.bytes.length, end));
            read(chunk, held.bytes, begin);
            return changed(held, becomes);
        });
    }

    @Override
    public synchronized InputStream open(StoredUpload part) throws IOException {
        return current(part)
                .map(held -> new ByteArrayInputStream(
                        held.bytes, 0, (int) part.record().offset()))
                .orElseThrow(() -> new IOException("the part is gone"));
    }

    @Override
    public synchronized Finish finish(StoredUpload was, String sha256) {
        var current = current(was);
        if (current.isEmpty()) {
            return new Finish.Changed();
        }
        var held = current.get();
        var begun = was.record().begun();
        var content = new ByteArrayInputStream(held.bytes, 0, (int) was.record().offset());
        try {
            return switch (blobs.put(
                    begun.key().orElseThrow(), content, begun.options().withSha256(sha256))) {
                case PutResult.Stored(var blob) -> {
                    held.bytes = new byte[0];
                    held.blob = Optional.of(blob);
                    changed(held, was.record());
                    yield new Finish.Stored(blob);
                }
                case PutResult.Exists() -> {
                    uploads.remove(was.record().id());
                    yield new Finish.Exists();
                }
                case PutResult.TooLarge tooLarge -> throw new IllegalStateException(tooLarge.toString());
                case PutResult.ChecksumMismatch mismatch -> throw new IllegalStateException(mismatch.toString());
            };
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory does not fail", e);
        }
    }

    @Override
    public synchronized boolean remove(UploadId id) {
        return uploads.remove(id) != null;
    }

    @Override
    public synchronized boolean remove(StoredUpload was) {
        return current(was).map(held -> uploads.remove(was.record().id())).isPresent();
    }

    @Override
    public synchronized int sweep(int limit) {
        var expired = uploads.values().stream()
                .filter(held -> !now().isBefore(held.changedAt.plus(held.record.expiry())))
                .map(held -> held.record.id())
                .limit(limit)
                .toList();
        expired.forEach(uploads::remove);
        return expired.size();
    }

    /** How many uploads there are, finished or not. */
    synchronized int size() {
        return uploads.size();
    }

    private static void read(Chunk chunk, byte[] bytes, int begin) {
        try {
            chunk.stream().readNBytes(bytes, begin, chunk.length());
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory does not fail", e);
        }
    }

    private Optional<Held> current(StoredUpload seen) {
        return Optional.ofNullable(uploads.get(seen.record().id()))
                .filter(held -> seen.version().equals(held.token));
    }

    private Optional<StoredUpload> changed(Held held, UploadRecord becomes) {
        held.record = becomes;
        held.token = UUID.randomUUID().toString();
        held.changedAt = now();
        return find(becomes.id());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
