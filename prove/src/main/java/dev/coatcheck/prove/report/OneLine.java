package dev.coatcheck.prove.report;

/**
 * Text from outside made harmless for a line of a terminal or a log: no line ends, no escape sequences, and none of the
 * invisible characters that turn the direction of what follows.
 */
final class OneLine {
    private OneLine() {}

    static String of(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            if (character == '\n' || character == '\t') {
                line.append(' ');
            } else if (isDangerous(character)) {
                line.append('\uFFFD');
            } else {
                line.appendCodePoint(character);
            }
        });
        return line.toString();
    }

    /** Control characters, what turns the writing direction, halves of characters, and what is no character at all. */
    static boolean isDangerous(int character) {
        return Character.isISOControl(character)
                || (character >= 0x202A && character <= 0x202E)
                || (character >= 0x2066 && character <= 0x2069)
                || character == 0x200E
                || character == 0x200F
                || character == 0x061C
                || character == 0x2028
                || character == 0x2029
                || character == 0xFEFF
                || (character & 0xFFFE) == 0xFFFE
                || (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE);
    }
}
