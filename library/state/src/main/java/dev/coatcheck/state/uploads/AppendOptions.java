package dev.coatcheck.state.uploads;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How to append.
 *
 * @param checksum of what is appended, by which all of it is kept or nothing
 * @param length how many bytes the upload will have in all, where that is known only now
 */
public record AppendOptions(Optional<ChunkChecksum> checksum, OptionalLong length) {
    private static final AppendOptions NONE = new AppendOptions(Optional.empty(), OptionalLong.empty());

    /** As it comes. */
    public static AppendOptions none() {
        return NONE;
    }

    public AppendOptions withChecksum(ChunkChecksum checksum) {
        return new AppendOptions(Optional.of(checksum), length);
    }

    public AppendOptions declaringLength(long length) {
        return new AppendOptions(checksum, OptionalLong.of(length));
    }
}
