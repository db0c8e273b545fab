package dev.coatcheck.state.uploads;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** How the files of some types begin. */
final class LeadingBytes {
    /** How many bytes tell. */
    static final int COUNT = 16;

    /** Of the bytes as Latin-1 text, whose dots are any byte. */
    private static final Map<String, Pattern> BEGINNINGS = Map.ofEntries(
            begins("image/jpeg", "\\xFF\\xD8\\xFF"),
            begins("image/png", "\\x89PNG\\r\\n\\x1A\\n"),
            begins("image/gif", "GIF8[79]a"),
            begins("image/webp", "RIFF....WEBP"),
            begins("image/avif", "....ftyp(avif|avis|mif1|msf1)"),
            begins("image/heic", "....ftyp(heic|heix|hevc|hevx|heim|heis|mif1|msf1)"),
            begins("image/tiff", "(II\\*\\x00|MM\\x00\\*|II\\+\\x00|MM\\x00\\+)"),
            begins("application/pdf", "%PDF-"),
            begins("application/zip", "PK(\\x03\\x04|\\x05\\x06|\\x07\\x08)"),
            begins("application/gzip", "\\x1F\\x8B"),
            begins("video/mp4", "....ftyp"),
            begins("video/webm", "\\x1A\\x45\\xDF\\xA3"),
            begins("audio/ogg", "OggS"),
            begins("video/ogg", "OggS"),
            begins("audio/wav", "RIFF....WAVE"));

    private LeadingBytes() {}

    /** Whether bytes that begin like this are none of the type that was declared; of most types nobody can tell. */
    static boolean contradict(String contentType, String head) {
        var type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        var text = new String(HexFormat.of().parseHex(head), StandardCharsets.ISO_8859_1);
        return Optional.ofNullable(BEGINNINGS.get(type))
                .filter(beginning -> !beginning.matcher(text).lookingAt())
                .isPresent();
    }

    private static Map.Entry<String, Pattern> begins(String type, String beginning) {
        return Map.entry(type, Pattern.compile(beginning, Pattern.DOTALL));
    }
}
