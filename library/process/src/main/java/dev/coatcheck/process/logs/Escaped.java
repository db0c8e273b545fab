package dev.coatcheck.process.logs;

import java.nio.charset.StandardCharsets;

/** Text escaped as within a JSON string, cut in its middle where it is long: the ends of a stack trace tell most. */
final class Escaped {
    /** Room for the mark that says how much was cut. */
    static final int SHORTEST_CUT = 32;

    private static final int REPLACEMENT = 0xfffd;

    private Escaped() {}

    /** {@code text} escaped, in at most {@code most} bytes of UTF-8, which are no less than {@link #SHORTEST_CUT}. */
    static String cut(String text, int most) {
        var half = (most - SHORTEST_CUT) / 2;
        var whole = new StringBuilder(Math.min(text.length() + 16, most));
        var bytes = 0;
        var headChars = 0;
        var headLength = 0;
        for (int at = 0; at < text.length(); ) {
            var codePoint = text.codePointAt(at);
            bytes += append(whole, codePoint);
            if (bytes > most) {
                return whole.substring(0, headLength) + tail(text, headChars, half);
            }
            at += Character.charCount(codePoint);
            if (bytes <= half) {
                headChars = at;
                headLength = whole.length();
            }
        }
        return whole.toString();
    }

    /** The mark, and as much of the end of {@code text} as fits into {@code most} bytes. */
    private static String tail(String text, int from, int most) {
        var scratch = new StringBuilder();
        var bytes = 0;
        var at = text.length();
        while (at > from) {
            var codePoint = text.codePointBefore(at);
            bytes += append(scratch, codePoint);
            if (bytes > most) {
                break;
            }
            at -= Character.charCount(codePoint);
        }
        var tail = new StringBuilder("…[").append(at - from).append(" more]…");
        text.substring(at).codePoints().forEach(codePoint -> append(tail, codePoint));
        return tail.toString();
    }

    /** Appends one code point, escaped where needed; the bytes that it takes. */
    private static int append(StringBuilder out, int codePoint) {
        var before = out.length();
        switch (codePoint) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (isHarmless(codePoint)) {
                    out.appendCodePoint(codePoint);
                    return utf8Length(codePoint);
                }
                // Half of a surrogate pair has no UTF-8, and strict parsers refuse it escaped as well.
                out.append("\\u%04x".formatted(isHalfPair(codePoint) ? REPLACEMENT : codePoint));
            }
        }
        return out.length() - before;
    }

    /** Whether it stands for itself in a line of a log. */
    static boolean isHarmless(int codePoint) {
        return !Character.isISOControl(codePoint)
                && codePoint != '\u2028'
                && codePoint != '\u2029'
                && !isHalfPair(codePoint);
    }

    private static boolean isHalfPair(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static int utf8Length(int codePoint) {
        return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }

    static int length(String escaped) {
        return escaped.getBytes(StandardCharsets.UTF_8).length;
    }
}
