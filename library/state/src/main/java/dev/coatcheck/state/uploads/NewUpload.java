package dev.coatcheck.state.uploads;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.blobs.BlobKey;
import dev.coatcheck.state.blobs.PutOptions;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What an upload is to become. The key is known from the beginning, because a store that takes parts wants to know it then;
 * nobody sees the blob before the upload is finished.
 *
 * <p>A content type whose files are known by their first bytes (JPEG, PNG, GIF, WebP, AVIF, HEIC, TIFF, PDF, ZIP, gzip, MP4,
 * WebM, Ogg, WAV) is held to them at the end; every other is taken as it is.
 *
 * @param key the blob's; empty for a part, which can only be {@linkplain Uploads#join joined} with others
 * @param options how to store the blob, as for {@link dev.coatcheck.state.blobs.Blobs#put}: its type and metadata, how many
 *     bytes it may have, what they must hash to, whether an existing blob stays
 * @param length how many bytes there will be, where that is known
 * @param attributes what the application wants to know of the upload while it goes on, such as whose it is; gone with the
 *     upload. At most {@value #MAX_ATTRIBUTE_BYTES} bytes of UTF-8 in all
 */
public record NewUpload(Optional<String> key, PutOptions options, OptionalLong length, Map<String, String> attributes) {

    /** How many of its first bytes tell whether a file is of its type. */
    public static final int LEADING_BYTES = LeadingBytes.COUNT;

    /** The largest attributes, names and values together, in bytes of UTF-8. */
    public static final int MAX_ATTRIBUTE_BYTES = 16 << 10;

    public NewUpload {
        key.ifPresent(BlobKey::require);
        if (length.orElse(0) < 0 || options.maxBytes() < 0) {
            throw new IllegalArgumentException("an upload has no byte or more, not " + length);
        }
        int bytes = 0;
        for (var attribute : attributes.entrySet()) {
            StoredText.require("the name of an upload's attribute", attribute.getKey());
            StoredText.require("an upload's attribute \"" + attribute.getKey() + "\"", attribute.getValue());
            bytes += StoredText.utf8Length(attribute.getKey()) + StoredText.utf8Length(attribute.getValue());
        }
        if (bytes > MAX_ATTRIBUTE_BYTES) {
            throw new IllegalArgumentException(
                    "the attributes of an upload have %d bytes of UTF-8 at the most, not %d: keep more in a row of your own"
                            .formatted(MAX_ATTRIBUTE_BYTES, bytes));
        }
        attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
    }

    /** An upload of a length that is not known yet, which becomes the blob of this key. */
    public static NewUpload to(String key, PutOptions options) {
        return new NewUpload(Optional.of(key), options, OptionalLong.empty(), Map.of());
    }

    /** A part of a blob, to be joined with others. Only {@link PutOptions#maxBytes()} counts of the options. */
    public static NewUpload part(PutOptions options) {
        return new NewUpload(Optional.empty(), options, OptionalLong.empty(), Map.of());
    }

    public NewUpload withLength(long length) {
        return new NewUpload(key, options, OptionalLong.of(length), attributes);
    }

    public NewUpload withAttributes(Map<String, String> attributes) {
        return new NewUpload(key, options, length, attributes);
    }

    /**
     * Whether a blob of this type may begin so. Of most types nobody can tell.
     *
     * @param head its first bytes, {@value #LEADING_BYTES} of them where it has as many, in hexadecimal
     */
    public boolean mayBeginWith(String head) {
        return !LeadingBytes.contradict(options.contentType(), head);
    }

    /** How many bytes there are at the most, as far as is known. */
    long limit() {
        return Math.min(length.orElse(Long.MAX_VALUE), options.maxBytes());
    }
}
