package dev.coatcheck.state.blobs;

import java.util.regex.Pattern;

/** The keys that every store takes alike. */
public final class BlobKey {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9!\\-_.*'()/]{1,512}");

    private BlobKey() {}

    /**
     * Refuses what is no key.
     *
     * @return {@code key}
     * @throws IllegalArgumentException where it is no key; the message does not repeat it
     */
    public static String require(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException(
                    "a blob's key is 1 to 512 characters of ASCII letters, digits and !-_.*'()/");
        }
        return key;
    }
}
