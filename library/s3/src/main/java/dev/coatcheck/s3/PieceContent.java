package dev.coatcheck.s3;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.uploads.UploadId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/** The bytes of an upload that is only to be joined with others: one piece after the other, each in memory for its turn. */
final class PieceContent extends InputStream {
    private final Pieces pieces;
    private final UploadId id;
    private final Deque<Piece> next = new ArrayDeque<>();
    private InputStream current = InputStream.nullInputStream();

    private record Piece(String name, int length) {}

    PieceContent(Pieces pieces, Head head) {
        this.pieces = pieces;
        this.id = head.upload().id();
        head.parts()
                .first(head.fullChunks())
                .numbers()
                .forEach(number -> next.add(new Piece("" + number, head.upload().chunkSize())));
        head.tail().ifPresent(tail -> next.add(new Piece(tail.name(), head.tailLength())));
    }

    @Override
    public int read() throws IOException {
        var single = new byte[1];
        return read(single, 0, 1) < 0 ? -1 : single[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = current.read(buffer, offset, length);
        while (count < 0 && !next.isEmpty()) {
            current = new ByteArrayInputStream(open(next.remove()));
            count = current.read(buffer, offset, length);
        }
        return count;
    }

    /** Does not fetch what is left out. */
    @Override
    public long skip(long count) throws IOException {
        long skipped = current.skip(count);
        while (!next.isEmpty() && skipped + next.element().length() <= count) {
            current = InputStream.nullInputStream();
            skipped += next.remove().length();
        }
        return skipped;
    }

    private byte[] open(Piece piece) throws IOException {
        try {
            return pieces.read(id, piece.name(), piece.length()).orElseThrow(() -> new IOException("the part is gone"));
        } catch (BackingServiceException e) {
            throw new IOException("the store does not give a part's bytes", e);
        }
    }
}
