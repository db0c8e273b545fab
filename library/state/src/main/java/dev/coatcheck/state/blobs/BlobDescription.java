package dev.coatcheck.state.blobs;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * For adapters of object stores: what an object carries besides its bytes, as one entry of its user metadata, the same on
 * all of them. Names there are without case, values are ASCII, and a blob's are any text. The entry is the version of its
 * form, the checksum, and pairs, with {@code &} between, percent-encoded.
 *
 * @param sha256 empty where it was not known when the store was told of the object
 */
public record BlobDescription(Optional<String> sha256, Map<String, String> metadata) {
    /** The entry's name. */
    public static final String NAME = "coatcheck";

    private static final String VERSION = "1";

    /**
     * The entry's value.
     *
     * @param room how many bytes of user metadata the store takes, names and values together
     * @throws IllegalArgumentException where it is more
     */
    public String toText(int room) {
        var pairs =
                metadata.entrySet().stream().map(entry -> encoded(entry.getKey()) + "=" + encoded(entry.getValue()));
        var text = Stream.concat(Stream.of(VERSION, encoded(sha256.orElse(""))), pairs)
                .collect(Collectors.joining("&"));
        if (NAME.length() + text.length() > room) {
            throw new IllegalArgumentException(
                    "the metadata of a blob takes %d bytes, percent-encoded, and the object store has room for %d"
                            .formatted(text.length(), room - NAME.length()));
        }
        return text;
    }

    /** Of an object that somebody else put there, or a later release in a form of its own, what can be told. */
    public static BlobDescription of(Map<String, String> userMetadata) {
        // Names are without case: a proxy or a store may send them back with capitals.
        var entries = new TreeMap<String, String>();
        userMetadata.forEach((name, value) -> entries.put(name.toLowerCase(Locale.ROOT), value));
        var text = entries.get(NAME);
        if (text == null) {
            return foreign(entries);
        }
        var fields = text.split("&", -1);
        if (!fields[0].equals(VERSION) || fields.length < 2) {
            return foreign(Map.of());
        }
        try {
            return of(fields);
        } catch (IllegalArgumentException e) {
            return foreign(Map.of()); // not percent-encoded, so not written here
        }
    }

    private static BlobDescription foreign(Map<String, String> metadata) {
        return new BlobDescription(Optional.empty(), Collections.unmodifiableMap(metadata));
    }

    private static BlobDescription of(String[] fields) {
        var metadata = Arrays.stream(fields)
                .skip(2)
                .map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(
                        pair -> decoded(pair[0]), pair -> decoded(pair[1]), (first, second) -> second, TreeMap::new));
        return new BlobDescription(
                Optional.of(decoded(fields[1])).filter(sha256 -> !sha256.isEmpty()),
                Collections.unmodifiableMap(metadata));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
