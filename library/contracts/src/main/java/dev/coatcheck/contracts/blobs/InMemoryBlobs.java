package dev.coatcheck.contracts.blobs;

import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.blobs.BlobKey;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.Listed;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Blobs in the memory of this process: the reference for the contract, and for tests of an application that need no
 * store. It passes the same contract as every adapter, and is gone with the process, so it has no place in production.
 *
 * <p>Thread-safe. The clock is the one it is given, so a test moves time.
 */
public final class InMemoryBlobs implements Blobs {
    private final InstantSource clock;
    private final ConcurrentSkipListMap<String, Held> held = new ConcurrentSkipListMap<>();

    private static final class Held {
        private final Blob blob;
        private final byte[] bytes;

        Held(Blob blob, byte[] bytes) {
            this.blob = blob;
            this.bytes = bytes;
        }
    }

    public InMemoryBlobs(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public PutResult put(String key, InputStream content, PutOptions options) throws IOException {
        BlobKey.require(key);
        var bytes = readUpTo(content, options.maxBytes());
        if (bytes.length > options.maxBytes()) {
            return new PutResult.TooLarge(options.maxBytes());
        }
        var sha256 = GeneratedStream.sha256(new ByteArrayInputStream(bytes));
        if (!options.sha256().orElse(sha256).equals(sha256)) {
            return new PutResult.ChecksumMismatch(options.sha256().get(), sha256);
        }
        var storedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
        var blob = new Blob(
                key, bytes.length, options.contentType(), sha256, Optional.of(sha256), storedAt, options.metadata());
        if (!options.ifAbsent()) {
            held.put(key, new Held(blob, bytes));
        } else if (held.putIfAbsent(key, new Held(blob, bytes)) != null) {
            return new PutResult.Exists();
        }
        return new PutResult.Stored(blob);
    }

    /** All of it, or a byte more than the limit. */
    private static byte[] readUpTo(InputStream content, long limit) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var buffer = new byte[1 << 16];
        while (bytes.size() <= limit) {
            int count = content.read(buffer, 0, (int) Math.min(buffer.length - 1, limit - bytes.size()) + 1);
            if (count < 0) {
                break;
            }
            bytes.write(buffer, 0, count);
        }
        return bytes.toByteArray();
    }

    @Override
    public ReadResult read(String key, ReadOptions options) {
        var found = held.get(BlobKey.requireEverStored(key));
        if (found == null) {
            return new ReadResult.Missing();
        }
        var blob = found.blob;
        if (options.ifNoneMatch().filter(blob.etag()::equals).isPresent()) {
            return new ReadResult.NotModified(blob);
        }
        if (options.offset() > 0 && options.offset() >= blob.size()) {
            return new ReadResult.OutOfRange(blob);
        }
        long length = Math.min(options.length().orElse(Long.MAX_VALUE), blob.size() - options.offset());
        return new ReadResult.Found(
                blob,
                options.offset(),
                length,
                new ClosedForGood(new ByteArrayInputStream(found.bytes, (int) options.offset(), (int) length)));
    }

    @Override
    public Optional<Blob> stat(String key) {
        return Optional.ofNullable(held.get(BlobKey.requireEverStored(key))).map(entry -> entry.blob);
    }

    @Override
    public List<Listed> list(String prefix, String after, int limit) {
        if (limit < 1 || limit > 1000) {
            throw new IllegalArgumentException("a page has 1 to 1000 blobs, not " + limit);
        }
        if (!after.isEmpty()) {
            BlobKey.requireEverStored(after);
        }
        return held.tailMap(after, false).values().stream()
                .map(entry -> entry.blob)
                .filter(blob -> blob.key().startsWith(prefix))
                .limit(limit)
                .map(blob -> new Listed(blob.key(), blob.size(), blob.etag(), blob.storedAt()))
                .toList();
    }

    @Override
    public boolean delete(String key) {
        return held.remove(BlobKey.requireEverStored(key)) != null;
    }

    /** A stream in memory has nothing to close; this one ends all the same, as those of real stores do. */
    private static final class ClosedForGood extends FilterInputStream {
        private boolean closed;

        ClosedForGood(InputStream content) {
            super(content);
        }

        @Override
        public int read() throws IOException {
            return open().read();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return open().read(buffer, offset, length);
        }

        @Override
        public void close() {
            closed = true;
        }

        private InputStream open() throws IOException {
            if (closed) {
                throw new IOException("the stream was closed");
            }
            return in;
        }
    }
}
