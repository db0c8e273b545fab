package dev.coatcheck.prove.record;

import dev.coatcheck.prove.play.Header;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The first line and the headers of a message of HTTP/1.1.
 *
 * @param first as {@code GET / HTTP/1.1}, or {@code HTTP/1.1 200 OK}
 */
record Head(String first, List<Header> headers) {
    private static final int LARGEST = 256 << 10;
    private static final Set<String> UPGRADE = Set.of("upgrade", "http2-settings");

    Head {
        headers = List.copyOf(headers);
    }

    /** Empty where the stream ends before one begins. */
    static Optional<Head> read(InputStream stream) throws IOException {
        List<String> lines = new ArrayList<>();
        int left = LARGEST;
        while (true) {
            Optional<String> line = Lines.read(stream, left);
            if (line.isEmpty()) {
                if (lines.isEmpty()) {
                    return Optional.empty();
                }
                throw new IOException("the connection ended inside the headers");
            }
            left -= line.get().length() + 2;
            if (!line.get().isEmpty()) {
                lines.add(line.get());
            } else if (!lines.isEmpty()) {
                return Optional.of(parsed(lines));
            }
        }
    }

    private static Head parsed(List<String> lines) throws IOException {
        List<Header> headers = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new IOException("a header has no name");
            }
            headers.add(new Header(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return new Head(lines.getFirst(), headers);
    }

    /** The word of the first line at an index; empty where there is none. */
    String word(int index) {
        String[] words = first.split(" ", 3);
        return index < words.length ? words[index] : "";
    }

    int status() throws IOException {
        try {
            return Integer.parseInt(word(1));
        } catch (NumberFormatException e) {
            throw new IOException("this is no response of HTTP/1.1", e);
        }
    }

    Optional<String> header(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .findFirst();
    }

    boolean says(String name, String token) {
        return header(name)
                .filter(value -> value.toLowerCase(Locale.ROOT).contains(token))
                .isPresent();
    }

    /** @param names in small letters */
    Head without(Set<String> names) {
        return new Head(
                first,
                headers.stream()
                        .filter(header -> !names.contains(header.name().toLowerCase(Locale.ROOT)))
                        .toList());
    }

    /** As it is handed on where nothing but HTTP/1.1 and WebSockets is to be spoken. */
    Head withoutUpgrade() {
        if (says("Upgrade", "websocket")) {
            return this;
        }
        List<Header> kept = new ArrayList<>();
        for (Header header : without(UPGRADE).headers()) {
            if (header.name().equalsIgnoreCase("Connection")) {
                String others = Stream.of(header.value().split(",", -1))
                        .map(String::strip)
                        .filter(token -> !UPGRADE.contains(token.toLowerCase(Locale.ROOT)))
                        .collect(Collectors.joining(", "));
                if (!others.isEmpty()) {
                    kept.add(new Header(header.name(), others));
                }
            } else {
                kept.add(header);
            }
        }
        return new Head(first, kept);
    }

    byte[] bytes() {
        StringBuilder text = new StringBuilder(first).append("\r\n");
        headers.forEach(header ->
                text.append(header.name()).append(": ").append(header.value()).append("\r\n"));
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
