package dev.coatcheck.state.uploads;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/** The bytes of parts, one after the other; each is opened when it is its turn. */
final class PartsContent extends InputStream {
    private final UploadStore store;
    private final Deque<StoredUpload> next;
    private InputStream current = InputStream.nullInputStream();

    PartsContent(UploadStore store, Collection<StoredUpload> parts) {
        this.store = store;
        this.next = new ArrayDeque<>(parts);
    }

    /** Leaves out the first bytes, and does not open the parts that hold no others. */
    void leaveOut(long count) throws IOException {
        long left = count;
        while (!next.isEmpty() && next.element().record().offset() <= left) {
            left -= next.remove().record().offset();
        }
        skipNBytes(left);
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = current.read(buffer, offset, length);
        while (count < 0 && openNext()) {
            count = current.read(buffer, offset, length);
        }
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = current.skip(count);
        while (skipped == 0 && count > 0 && openNext()) {
            skipped = current.skip(count);
        }
        return skipped;
    }

    @Override
    public void close() throws IOException {
        current.close();
    }

    private boolean openNext() throws IOException {
        current.close();
        if (next.isEmpty()) {
            return false;
        }
        current = store.open(next.remove());
        return true;
    }
}
