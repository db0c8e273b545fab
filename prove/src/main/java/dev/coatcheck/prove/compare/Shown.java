package dev.coatcheck.prove.compare;

/** A value as a message shows it: in quotes, not too long, without line ends. */
final class Shown {
    private static final int LONGEST = 80;

    private Shown() {}

    static String of(String text) {
        String readable = Names.readable(text).replaceAll("\\s+", " ").strip();
        String cut = readable.length() > LONGEST ? readable.substring(0, LONGEST) + "…" : readable;
        return '"' + cut + '"';
    }
}
