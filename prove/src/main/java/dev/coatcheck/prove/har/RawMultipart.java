package dev.coatcheck.prove.har;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A body of {@code multipart/form-data} (RFC 7578), as it went over the wire, taken apart. */
final class RawMultipart {
    private static final Pattern BOUNDARY = Pattern.compile("(?i);\\s*boundary=(?:\"([^\"]+)\"|([^;\\s]+))");
    private static final Pattern NAME = Pattern.compile("(?i);\\s*name=(?:\"([^\"]*)\"|([^;\\s]+))");
    private static final Pattern FILE_NAME = Pattern.compile("(?i);\\s*filename=(?:\"([^\"]*)\"|([^;\\s]+))");
    private static final Pattern DISPOSITION = Pattern.compile("(?im)^content-disposition:\\s*form-data(.*)$");
    private static final Pattern CONTENT_TYPE = Pattern.compile("(?im)^content-type:\\s*(\\S.*)$");

    /**
     * One part; a file has a name, be it empty where none was chosen.
     *
     * @param latin its bytes, each as a character
     */
    record Part(String name, Optional<String> fileName, Optional<String> contentType, String latin) {
        byte[] content() {
            return latin.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private RawMultipart() {}

    /** Empty where it is not well-formed, or has no part. */
    static Optional<List<Part>> parse(String contentType, byte[] body) {
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find()) {
            return Optional.empty();
        }
        String delimiter = "--" + (boundary.group(1) != null ? boundary.group(1) : boundary.group(2));
        // Bytes one to one.
        String text = new String(body, StandardCharsets.ISO_8859_1);
        List<Part> parts = new ArrayList<>();
        int at = text.indexOf(delimiter);
        while (at >= 0 && !text.startsWith("--", at + delimiter.length())) {
            int next = text.indexOf("\n" + delimiter, at + delimiter.length());
            Optional<Part> part = next < 0 ? Optional.empty() : part(text.substring(at + delimiter.length(), next));
            if (part.isEmpty()) {
                return Optional.empty();
            }
            parts.add(part.get());
            at = next + 1;
        }
        return at < 0 || parts.isEmpty() ? Optional.empty() : Optional.of(parts);
    }

    /** @param text from behind a delimiter up to the line feed before the next */
    private static Optional<Part> part(String text) {
        String blank = text.contains("\r\n\r\n") ? "\r\n\r\n" : "\n\n";
        int end = text.indexOf(blank);
        Matcher disposition = DISPOSITION.matcher(end < 0 ? "" : text.substring(0, end));
        if (!disposition.find()) {
            return Optional.empty();
        }
        String content = text.substring(end + blank.length());
        Matcher type = CONTENT_TYPE.matcher(text.substring(0, end));
        Optional<String> contentType = type.find() ? Optional.of(type.group(1).strip()) : Optional.empty();
        String latin = content.endsWith("\r") ? content.substring(0, content.length() - 1) : content;
        return value(NAME, disposition.group(1))
                .map(name -> new Part(name, value(FILE_NAME, disposition.group(1)), contentType, latin));
    }

    private static Optional<String> value(Pattern pattern, String disposition) {
        Matcher matcher = pattern.matcher(disposition);
        if (!matcher.find()) {
            return Optional.empty();
        }
        String latin = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        return Optional.of(new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    }
}
