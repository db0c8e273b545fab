package dev.coatcheck.state.uploads;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.uploads.AppendResult.Appended;
import dev.coatcheck.state.uploads.AppendResult.ChecksumMismatch;
import dev.coatcheck.state.uploads.AppendResult.Superseded;
import dev.coatcheck.state.uploads.AppendResult.TooLarge;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One writer, from when it has the lease to when it gives it back.
 *
 * <p>It holds one chunk, and stores it when it is full. When bytes come and a third of the lease has passed since it last
 * stored something, it stores as much as there is of it, or renews its lease alone where little of it is new: a client that
 * drips would have the same chunk stored again and again. One from whom nothing comes may be superseded, and learns of it when it
 * stores next, because what it has seen is not what is stored any more.
 *
 * <p>With a checksum the offset stays where it was until all has come and is right: what was stored meanwhile does not
 * count before that, and only full chunks are.
 */
final class Appending {
    private static final int FIRST_BYTES = 1 << 20;

    /** How many bytes at the least are worth that a chunk is stored before it is full. */
    private static final int WORTH_STORING = 64 << 10;

    private final UploadStore store;
    private final Duration lease;
    private final Optional<ChunkChecksum> expected;
    private final @Nullable MessageDigest checksum;
    private final RunningSha256 digest;
    private final long limit;
    private byte[] chunk;
    private StoredUpload stored;
    private String head;
    private long position;
    private int filled;
    private boolean unstored;
    private long storedAt = System.nanoTime();

    /** @param claimed whose lease is this writer's */
    Appending(UploadStore store, Duration lease, StoredUpload claimed, Optional<ChunkChecksum> expected) {
        var upload = claimed.record();
        this.store = store;
        this.lease = lease;
        this.expected = expected;
        this.checksum = expected.map(announced -> announced.algorithm().begin()).orElse(null);
        this.stored = claimed;
        this.digest = new RunningSha256(upload.digest());
        this.limit = upload.begun().limit();
        this.head = upload.head();
        this.position = upload.offset();
        this.filled = (int) (position % upload.chunkSize());
        this.chunk = new byte[Math.min(capacity(), Math.max(filled, FIRST_BYTES))];
        if (filled > 0) {
            System.arraycopy(store.tail(claimed), 0, chunk, 0, filled);
        }
    }

    AppendResult append(InputStream content) throws IOException {
        while (true) {
            int count = read(content);
            if (count < 0) {
                return end();
            }
            if (count > limit - position) {
                unstored = false;
                return store(released(stored.record())) ? new TooLarge(limit) : new Superseded();
            }
            take(count);
            // The last byte that may come is not stored before it is known to be the last.
            if (position < limit && !keepUp()) {
                return new Superseded();
            }
        }
    }

    /** Returns how many bytes came into the chunk; or 1, and none came, where there is one too many. */
    private int read(InputStream content) throws IOException {
        try {
            if (position == limit) {
                return content.read() < 0 ? -1 : 1;
            }
            if (filled == chunk.length) {
                chunk = Arrays.copyOf(chunk, (int) Math.min(capacity(), 2L * chunk.length));
            }
            return content.read(chunk, filled, (int) Math.min(chunk.length - filled, limit - position));
        } catch (IOException | RuntimeException e) {
            breakOff(e);
            throw e;
        }
    }

    /** How many bytes this chunk can come to have. What is held grows towards it as they come, and not by what was announced. */
    private int capacity() {
        return (int) Math.max(1, Math.min(stored.record().chunkSize(), limit - (position - filled)));
    }

    private void take(int count) {
        digest.update(chunk, filled, count);
        if (checksum != null) {
            checksum.update(chunk, filled, count);
        }
        if (position < LeadingBytes.COUNT) {
            int end = (int) Math.min(LeadingBytes.COUNT, position + count);
            head += HexFormat.of().formatHex(chunk, filled, filled + end - (int) position);
        }
        filled += count;
        position += count;
        unstored = true;
    }

    /** Stores what is to be stored by now; returns whether this is still the one who writes. */
    private boolean keepUp() {
        if (filled == stored.record().chunkSize()) {
            return store(current().withLease(lease));
        }
        if (System.nanoTime() - storedAt <= lease.toNanos() / 3) {
            return true;
        }
        if (isWorthStoring()) {
            return store(current().withLease(lease));
        }
        return keeps(store.replace(stored, stored.record().withLease(lease)));
    }

    /** In proportion, because all of the chunk is stored: what comes slowly is not written more than nine times. */
    private boolean isWorthStoring() {
        long came = position - stored.record().offset();
        return checksum == null && came >= Math.max(WORTH_STORING, filled / 8);
    }

    private AppendResult end() {
        if (checksum != null && !expected.orElseThrow().isOf(checksum)) {
            unstored = false;
            return store(released(stored.record())) ? new ChecksumMismatch() : new Superseded();
        }
        return store(released(advanced())) ? new Appended(stored.seen()) : new Superseded();
    }

    /** Keeps what came before the stream broke, if that can be relied on, and gives the lease back. */
    private void breakOff(Exception broken) {
        try {
            unstored &= checksum == null;
            if (!store(released(current()))) {
                broken.addSuppressed(new IllegalStateException("another writer had taken the place of this one"));
            }
        } catch (BackingServiceException e) {
            broken.addSuppressed(e);
        }
    }

    /** What may be known of the upload before the end. */
    private UploadRecord current() {
        return checksum == null ? advanced() : stored.record();
    }

    private UploadRecord advanced() {
        return stored.record().advanced(position, digest.state(), head);
    }

    private static UploadRecord released(UploadRecord upload) {
        return upload.withLease(Duration.ZERO);
    }

    /** Returns whether this is still the one who writes. */
    private boolean store(UploadRecord becomes) {
        int chunkSize = becomes.chunkSize();
        var next = unstored
                ? store.write(stored, becomes, new Chunk((position - filled) / chunkSize, chunk, filled))
                : store.replace(stored, becomes);
        if (!keeps(next)) {
            return false;
        }
        unstored = false;
        if (filled == chunkSize) {
            filled = 0;
        }
        return true;
    }

    private boolean keeps(Optional<StoredUpload> next) {
        next.ifPresent(upload -> {
            stored = upload;
            storedAt = System.nanoTime();
        });
        return next.isPresent();
    }
}
