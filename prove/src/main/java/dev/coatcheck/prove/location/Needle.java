package dev.coatcheck.prove.location;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * One thing to look for: a value that ties two steps, or what an application may have made of it.
 *
 * @param source which value it is: {@code the cookie sid of step 1}
 * @param change what was made of the value: {@code its SHA-256}; empty for the value itself
 * @param text the text, or for {@link Form#BYTES} the bytes as hexadecimal digits
 */
public record Needle(String source, String change, String text, Form form) {
    private static final int SHOWN_AT_MOST = 6;

    /** How it is told what the bytes are. */
    public enum Form {
        TEXT,
        BYTES
    }

    /** Where it comes from, for people: {@code the cookie sid of step 1 (its SHA-256)}. */
    public String origin() {
        return change.isEmpty() ? source : source + " (" + change + ")";
    }

    /** Its beginning, which tells it from others and gives no secret away. */
    public String shown() {
        return shortened(text);
    }

    /** The beginning of a text, at most half of it: the rest of a short one is soon guessed. */
    public static String shortened(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int shown = Math.min(SHOWN_AT_MOST, text.codePointCount(0, text.length()) / 2);
        return text.substring(0, text.offsetByCodePoints(0, shown)) + "…";
    }

    /** The bytes by which it may be known: a text in UTF-8, UTF-16LE and, where that is another spelling, Latin-1. */
    List<byte[]> spellings() {
        if (form == Form.BYTES) {
            return List.of(HexFormat.of().parseHex(text));
        }
        List<byte[]> spellings = new ArrayList<>();
        spellings.add(text.getBytes(StandardCharsets.UTF_8));
        spellings.add(text.getBytes(StandardCharsets.UTF_16LE));
        Charset latin1 = StandardCharsets.ISO_8859_1;
        if (text.length() != spellings.getFirst().length && latin1.newEncoder().canEncode(text)) {
            spellings.add(text.getBytes(latin1));
        }
        return spellings;
    }

    /** Whether it is the value as it is, and not what may have been made of it. */
    public boolean isValueItself() {
        return change.isEmpty();
    }
}
