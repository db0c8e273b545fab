package dev.coatcheck.prove.compare;

/** A value as a message shows it: in quotes, not too long, without line ends. */
final class Shown {
    private static final int LONGEST = 80;
    private static final int BEGINNING = 12;

    private Shown() {}

    /** What tells of which kind a value is, and not the value: it may be a secret. */
    static String beginning(String text) {
        return text.length() <= BEGINNING ? of(text) : of(text.substring(0, BEGINNING) + "…");
    }

    static String of(String text) {
        String readable = Names.readable(text).replaceAll("\\s+", " ").strip();
        String cut = readable.length() > LONGEST ? readable.substring(0, LONGEST) + "…" : readable;
        return '"' + cut + '"';
    }
}
