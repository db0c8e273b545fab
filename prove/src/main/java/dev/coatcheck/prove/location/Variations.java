package dev.coatcheck.prove.location;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an application may have made of a value before it keeps it. Frameworks sign ids ({@code s:ID.signature},
 * {@code data--digest}, JWT, itsdangerous), keep only a hash of them, or keep a UUID as sixteen bytes.
 */
final class Variations {
    private static final Pattern SEPARATORS = Pattern.compile("--|[.:|!~]");
    private static final Pattern QUOTED = Pattern.compile("\"([^\"\\\\]{12,})\"");
    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final Pattern HEX = Pattern.compile("([0-9a-fA-F]{2}){8,64}");
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{8,}={0,2}");
    private static final int SHORTEST_PART = 12;

    /** The beginning of a long value tells as much as all of it. */
    private static final int LONGEST = 512;

    private final String source;
    private final List<Needle> needles = new ArrayList<>();

    /** Texts under what was made of the value to get them. */
    private final Map<String, String> texts = new LinkedHashMap<>();

    private Variations(String source) {
        this.source = source;
    }

    /** The value itself first, then what is ever further from it. */
    static List<Needle> of(String source, String value) {
        Variations variations = new Variations(source);
        variations.vary(value);
        return variations.needles;
    }

    private void vary(String value) {
        text("", value);
        text("URL-decoded", urlDecoded(value));
        each((change, text) -> parts(text, SEPARATORS).forEach(part -> text("a part of it", part)));
        each((change, text) -> quoted(text).forEach(word -> text("a part of it", word)));
        each((change, text) -> base64Decoded(text).ifPresent(decoded -> {
            text("decoded from base64", decoded);
            quoted(decoded).forEach(word -> text("a part of it, decoded from base64", word));
        }));
        Map<String, String> read = new LinkedHashMap<>(texts);
        each((change, text) -> {
            text(escaped(change, "URL-encoded"), URLEncoder.encode(text, StandardCharsets.UTF_8));
            text(escaped(change, "HTML-escaped"), htmlEscaped(text));
            text(escaped(change, "JSON-escaped"), jsonEscaped(text));
        });
        texts.forEach((text, change) -> needles.add(new Needle(
                source, change, text.length() <= LONGEST ? text : text.substring(0, LONGEST), Needle.Form.TEXT)));
        read.forEach((text, change) -> {
            binary(text, change);
            for (String algorithm : List.of("SHA-256", "SHA-1", "MD5")) {
                digests(algorithm, text, change);
            }
        });
    }

    private interface Change {
        void of(String change, String text);
    }

    private void each(Change made) {
        new LinkedHashMap<>(texts).forEach((text, change) -> made.of(change, text));
    }

    private void text(String change, String text) {
        texts.putIfAbsent(text, change);
    }

    private static String escaped(String change, String how) {
        return change.isEmpty() ? how : change + ", " + how;
    }

    private static List<String> parts(String text, Pattern separators) {
        return separators
                .splitAsStream(text)
                .filter(part -> part.length() >= SHORTEST_PART)
                .toList();
    }

    private static List<String> quoted(String text) {
        return QUOTED.matcher(text).results().map(match -> match.group(1)).toList();
    }

    private static String urlDecoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text; // a percent sign that encodes nothing
        }
    }

    /** What the text decodes to, where that is text again. */
    private static Optional<String> base64Decoded(String text) {
        if (!BASE64.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
            String decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            boolean readable =
                    decoded.chars().noneMatch(c -> (c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 127);
            return readable ? Optional.of(decoded) : Optional.empty();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static String htmlEscaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static String jsonEscaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t");
    }

    private void binary(String text, String change) {
        Matcher uuid = UUID.matcher(text);
        if (uuid.matches()) {
            String digits = text.replace("-", "").toLowerCase(Locale.ROOT);
            needles.add(new Needle(source, escaped(change, "without hyphens"), digits, Needle.Form.TEXT));
            needles.add(new Needle(source, escaped(change, "as 16 bytes"), digits, Needle.Form.BYTES));
        } else if (HEX.matcher(text).matches()) {
            needles.add(
                    new Needle(source, escaped(change, "as bytes"), text.toLowerCase(Locale.ROOT), Needle.Form.BYTES));
        }
    }

    private void digests(String algorithm, String text, String change) {
        byte[] digest = digest(algorithm, text);
        String what = (change.isEmpty() ? "" : change + ", ") + algorithm + " of it";
        String hex = HexFormat.of().formatHex(digest);
        String base64 = Base64.getEncoder().withoutPadding().encodeToString(digest);
        needles.add(new Needle(source, what, hex, Needle.Form.TEXT));
        needles.add(new Needle(source, what, base64, Needle.Form.TEXT));
        needles.add(new Needle(source, what, base64.replace('+', '-').replace('/', '_'), Needle.Form.TEXT));
        needles.add(new Needle(source, what, hex, Needle.Form.BYTES));
    }

    private static byte[] digest(String algorithm, String text) {
        try {
            return MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
