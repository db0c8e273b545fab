package dev.coatcheck.prove.report;

import java.util.Map;

/** Text for a terminal that knows no more than ASCII. */
final class Ascii {
    private static final Map<Integer, String> LIKE =
            Map.of((int) '→', "->", (int) '…', "...", (int) '“', "\"", (int) '”', "\"", (int) '’', "'", (int) '–', "-");

    private Ascii() {}

    static String of(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            if (character < 0x80) {
                plain.append((char) character);
            } else {
                plain.append(LIKE.getOrDefault(character, "?"));
            }
        });
        return plain.toString();
    }
}
