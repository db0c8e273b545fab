package dev.coatcheck.state.blobs;

import dev.coatcheck.state.StoredText;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How to store a blob. Its texts are such as every store takes: see {@link StoredText}.
 *
 * @param contentType 1 to 255 printable characters of ASCII; {@code application/octet-stream} by default
 * @param metadata short texts to keep beside the bytes; none by default
 * @param maxBytes how many bytes the stream may have; {@link Long#MAX_VALUE} by default
 * @param sha256 what the bytes must hash to, in lower-case hexadecimal, where the caller knows
 * @param ifAbsent whether an existing blob stays; false by default: it is replaced
 */
public record PutOptions(
        String contentType, Map<String, String> metadata, long maxBytes, Optional<String> sha256, boolean ifAbsent) {
    private static final Pattern CONTENT_TYPE = Pattern.compile("[!-~](?:[ -~]{0,253}[!-~])?");
    private static final PutOptions DEFAULTS =
            new PutOptions("application/octet-stream", Map.of(), Long.MAX_VALUE, Optional.empty(), false);

    public PutOptions {
        if (!CONTENT_TYPE.matcher(contentType).matches()) {
            throw new IllegalArgumentException("a blob's content type is 1 to 255 printable characters of ASCII");
        }
        metadata.forEach((name, value) -> {
            StoredText.require("the name of a blob's metadata", name);
            StoredText.require("a blob's metadata \"" + name + "\"", value);
        });
        metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
    }

    public static PutOptions defaults() {
        return DEFAULTS;
    }

    public static PutOptions ofType(String contentType) {
        return DEFAULTS.withContentType(contentType);
    }

    public PutOptions withContentType(String contentType) {
        return new PutOptions(contentType, metadata, maxBytes, sha256, ifAbsent);
    }

    public PutOptions withMetadata(Map<String, String> metadata) {
        return new PutOptions(contentType, metadata, maxBytes, sha256, ifAbsent);
    }

    public PutOptions withMaxBytes(long maxBytes) {
        return new PutOptions(contentType, metadata, maxBytes, sha256, ifAbsent);
    }

    public PutOptions withSha256(String sha256) {
        return new PutOptions(contentType, metadata, maxBytes, Optional.of(sha256), ifAbsent);
    }

    public PutOptions onlyIfAbsent() {
        return new PutOptions(contentType, metadata, maxBytes, sha256, true);
    }
}
