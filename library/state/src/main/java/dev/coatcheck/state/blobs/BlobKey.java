package dev.coatcheck.state.blobs;

import java.util.regex.Pattern;

/**
 * The keys that every store takes alike: 1 to 512 characters of ASCII letters, digits and {@code ! - _ . * ' ( ) /}, where
 * what stands before, between and after slashes is neither empty nor {@code .} nor {@code ..}: on the way to an object store
 * such a key would be taken for a path, and lead elsewhere.
 */
public final class BlobKey {
    private static final int MOST_CHARACTERS = 512;
    private static final String PART = "(?!\\.{1,2}(?:/|\\z))[A-Za-z0-9!\\-_.*'()]+";
    private static final Pattern KEY = Pattern.compile(PART + "(?:/" + PART + ")*");
    private static final Pattern EVER_STORED = Pattern.compile("[A-Za-z0-9!\\-_.*'()/]{1,512}");

    private BlobKey() {}

    /** Whether a text is a key. What others put into a store may have other names. */
    public static boolean isKey(String text) {
        return text.length() <= MOST_CHARACTERS && KEY.matcher(text).matches();
    }

    /**
     * Refuses what is no key.
     *
     * @return {@code key}
     * @throws IllegalArgumentException where it is no key; the message does not repeat it
     */
    public static String require(String key) {
        if (!isKey(key)) {
            throw new IllegalArgumentException(
                    "a blob's key is 1 to 512 characters of ASCII letters, digits and !-_.*'()/,"
                            + " without a part between slashes that is empty, \".\" or \"..\"");
        }
        return key;
    }

    /**
     * Refuses what can be the key of no blob, as who looks for one does. The first release stored blobs under keys with parts that
     * are empty, {@code .} or {@code ..} too: they are still read, listed and deleted where they are.
     *
     * @return {@code key}
     * @throws IllegalArgumentException where no release stored under it; the message does not repeat it
     */
    public static String requireEverStored(String key) {
        if (!EVER_STORED.matcher(key).matches()) {
            throw new IllegalArgumentException(
                    "a blob's key is 1 to 512 characters of ASCII letters, digits and !-_.*'()/");
        }
        return key;
    }
}
