package dev.coatcheck.state.uploads;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

/**
 * A chunk of an upload, from its first byte on: the store's chunk of this number becomes these bytes, whatever it was.
 *
 * @param number from 0
 * @param buffer holds the bytes, from its beginning; the writer's, who goes on to use it afterwards
 * @param length how many they are: the upload's chunk size, or less of the last one
 */
public record Chunk(long number, byte[] buffer, int length) {

    public InputStream stream() {
        return new ByteArrayInputStream(buffer, 0, length);
    }
}
