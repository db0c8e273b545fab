package dev.coatcheck.state.blobs;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What may be stored with leave that is given ahead, all of which is signed, as far as the store can be told.
 *
 * @param contentType as in {@link PutOptions}
 * @param size in bytes, exactly
 * @param sha256 what the bytes must hash to, in lower-case hexadecimal, where the caller knows; checked by the store as far
 *     as it can, as {@code x-amz-checksum-sha256}
 * @param ifAbsent whether an existing blob stays; false by default: it is replaced, as often as the URL is used
 */
public record PresignedPut(String contentType, long size, Optional<String> sha256, boolean ifAbsent) {
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    public PresignedPut {
        PutOptions.ofType(contentType);
        if (size < 0 || sha256.filter(text -> !SHA_256.matcher(text).matches()).isPresent()) {
            throw new IllegalArgumentException(
                    "a blob has a size, and a SHA-256 of 64 characters of lower-case hexadecimal, not %d and %s"
                            .formatted(size, sha256));
        }
    }

    public static PresignedPut of(String contentType, long size) {
        return new PresignedPut(contentType, size, Optional.empty(), false);
    }

    public PresignedPut withSha256(String sha256) {
        return new PresignedPut(contentType, size, Optional.of(sha256), ifAbsent);
    }

    public PresignedPut onlyIfAbsent() {
        return new PresignedPut(contentType, size, sha256, true);
    }
}
