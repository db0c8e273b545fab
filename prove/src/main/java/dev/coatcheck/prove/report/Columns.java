package dev.coatcheck.prove.report;

import java.util.ArrayList;
import java.util.List;

/** Counts in columns of a terminal: what is wide in East Asian writing and emoji takes two, what combines takes none. */
public final class Columns {
    private static final String ELLIPSIS = "…";

    private Columns() {}

    static int of(String text) {
        return text.codePoints().map(Columns::of).sum();
    }

    /** At most that many columns of it, with an ellipsis where something is missing. */
    static String cut(String text, int most) {
        if (of(text) <= most) {
            return text;
        }
        StringBuilder kept = new StringBuilder();
        int columns = 1;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            columns += of(character);
            if (columns > most) {
                break;
            }
            kept.appendCodePoint(character);
            i += Character.charCount(character);
        }
        return kept.append(ELLIPSIS).toString();
    }

    /** The text in lines of at most that many columns, broken between words; a word that is longer stays whole. */
    public static List<String> wrapped(String text, int most) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        int columns = 0;
        for (String word : text.strip().split(" +", -1)) {
            int width = of(word);
            if (columns > 0 && columns + 1 + width > most) {
                lines.add(line.toString());
                line.setLength(0);
                columns = 0;
            }
            if (columns > 0) {
                line.append(' ');
                columns++;
            }
            line.append(word);
            columns += width;
        }
        lines.add(line.toString());
        return lines;
    }

    private static int of(int character) {
        int type = Character.getType(character);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        return isWide(character) ? 2 : 1;
    }

    private static boolean isWide(int character) {
        return (character >= 0x1100 && character <= 0x115F)
                || (character >= 0x2E80 && character <= 0xA4CF)
                || (character >= 0xAC00 && character <= 0xD7A3)
                || (character >= 0xF900 && character <= 0xFAFF)
                || (character >= 0xFE30 && character <= 0xFE4F)
                || (character >= 0xFF00 && character <= 0xFF60)
                || (character >= 0x1F300 && character <= 0x1FAFF)
                || (character >= 0x20000 && character <= 0x3FFFD);
    }
}
