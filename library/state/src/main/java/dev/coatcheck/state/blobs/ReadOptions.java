package dev.coatcheck.state.blobs;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which bytes of a blob to read, and when not to.
 *
 * @param offset the first byte to read
 * @param length how many bytes to read at the most; empty reads to the end
 * @param ifNoneMatch the ETag of what the caller already has
 */
public record ReadOptions(long offset, OptionalLong length, Optional<String> ifNoneMatch) {
    private static final ReadOptions WHOLE = new ReadOptions(0, OptionalLong.empty(), Optional.empty());

    public ReadOptions {
        if (offset < 0 || length.orElse(1) < 1) {
            throw new IllegalArgumentException(
                    "a read starts at 0 or later and has at least a byte: offset %d, length %s"
                            .formatted(offset, length));
        }
    }

    public static ReadOptions whole() {
        return WHOLE;
    }

    public static ReadOptions from(long offset) {
        return new ReadOptions(offset, OptionalLong.empty(), Optional.empty());
    }

    public static ReadOptions range(long offset, long length) {
        return new ReadOptions(offset, OptionalLong.of(length), Optional.empty());
    }

    public ReadOptions ifNoneMatch(String etag) {
        return new ReadOptions(offset, length, Optional.of(etag));
    }
}
