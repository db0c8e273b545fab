package dev.coatcheck.state;

import java.nio.charset.StandardCharsets;

/**
 * Text that every store takes alike: well-formed Unicode without the character U+0000.
 *
 * <p>Stores differ in what else they swallow. PostgreSQL refuses U+0000; half a surrogate pair has no UTF-8, and what
 * comes back is a question mark. JSON text holds neither: there, both are written as escapes.
 */
public final class StoredText {
    private StoredText() {}

    /**
     * Refuses what some store would refuse or change.
     *
     * @param what names the text in the message: {@code "the payload of a job"}
     * @return {@code text}
     * @throws IllegalArgumentException where it is no such text; the message does not repeat it
     */
    public static String require(String what, String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit == 0 || Character.isSurrogate(unit)) {
                if (unit == 0 || Character.charCount(text.codePointAt(i)) == 1) {
                    throw new IllegalArgumentException(
                            "%s has U+%04X at index %d: a store takes well-formed Unicode without U+0000"
                                    .formatted(what, (int) unit, i));
                }
                i++;
            }
        }
        return text;
    }

    /**
     * Makes storable text of any text: for what is kept for people to read, such as an error.
     *
     * @param maxBytes of UTF-8; what is longer is cut, between two characters
     */
    public static String fit(String text, int maxBytes) {
        var fitting = new StringBuilder();
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            boolean storable = character != 0 && (character < 0xD800 || character > 0xDFFF);
            int stored = storable ? character : 0xFFFD;
            bytes += utf8Length(stored);
            if (bytes > maxBytes) {
                break;
            }
            fitting.appendCodePoint(stored);
        }
        return fitting.toString();
    }

    /** How long a text is in UTF-8. */
    public static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static int utf8Length(int character) {
        if (character < 0x80) {
            return 1;
        }
        if (character < 0x800) {
            return 2;
        }
        return character < 0x10000 ? 3 : 4;
    }
}
