package dev.coatcheck.prove.har;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * What a recording holds of a request's body.
 *
 * @param contentType as it was sent
 * @param text the body; in base64 where {@code encoded}, and empty where the recording has only the parameters, or nothing
 * @param encoded whether the text is base64: no field of HAR 1.2, but what recorders write that keep bytes
 * @param params the fields of a form
 */
record HarBody(String contentType, String text, boolean encoded, List<Param> params) {
    HarBody {
        params = List.copyOf(params);
    }

    /** A field of a form; that of a file has its name. */
    record Param(String name, String value, String fileName, String contentType) {}

    /** The same, with these bytes. */
    HarBody withBytes(byte[] bytes) {
        return new HarBody(contentType, Base64.getEncoder().encodeToString(bytes), true, params);
    }

    /**
     * As it was sent. Firefox writes each byte of what is no text as a character of its own; as the size of any body it tells how
     * many characters it wrote.
     *
     * @param size how many bytes were sent; 0 or less where that is not known
     */
    HarBody asSent(long size) {
        boolean isBytes = !encoded
                && size == text.length()
                && text.chars().allMatch(c -> c <= 0xff)
                && text.chars().anyMatch(c -> c >= 0x80)
                && text.chars().anyMatch(HarBody::isInNoText);
        return isBytes ? withBytes(text.getBytes(StandardCharsets.ISO_8859_1)) : this;
    }

    private static boolean isInNoText(int c) {
        return Character.isISOControl(c) && "\t\n\f\r".indexOf(c) < 0;
    }

    /** @throws IllegalArgumentException if it should be base64 and is not */
    byte[] bytes() {
        return encoded ? Base64.getMimeDecoder().decode(text) : text.getBytes(StandardCharsets.UTF_8);
    }

    /** In small letters, without parameters. */
    String mediaType() {
        return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    boolean isEmpty() {
        return text.isEmpty() && params.isEmpty();
    }
}
