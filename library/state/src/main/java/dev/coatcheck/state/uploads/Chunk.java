package dev.coatcheck.state.uploads;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** A chunk of an upload, from its first byte on: the store's chunk of this number becomes these bytes, whatever it was. */
public final class Chunk {
    private final long number;
    private final byte[] buffer;
    private final int length;

    /** @param buffer holds the bytes, from its beginning; the writer's, who goes on to use it afterwards */
    Chunk(long number, byte[] buffer, int length) {
        this.number = number;
        this.buffer = buffer;
        this.length = length;
    }

    /** From 0. */
    public long number() {
        return number;
    }

    /** How many bytes: the upload's chunk size, or less of the last one. */
    public int length() {
        return length;
    }

    /** The bytes, until the store has returned; each call begins anew. */
    public InputStream stream() {
        return new ByteArrayInputStream(buffer, 0, length);
    }
}
