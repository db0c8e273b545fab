package dev.coatcheck.prove.play;

import dev.coatcheck.prove.scenario.Selection;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.core5.http.ContentType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A response, whole.
 *
 * @param headers in the order in which they came
 */
public record Response(int status, List<Header> headers, Content content) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    public Response {
        headers = List.copyOf(headers);
    }

    /** The values of a header, whatever the case of its name. */
    public List<String> headers(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .toList();
    }

    /** The first value of a header. */
    public Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    /** Name and value of each cookie that this response sets, or removes. */
    public Map<String, String> cookies() {
        Map<String, String> cookies = new LinkedHashMap<>();
        headers("Set-Cookie")
                .forEach(line -> SetCookie.pair(line).ifPresent(pair -> cookies.put(pair.name(), pair.value())));
        return cookies;
    }

    /** The content type without parameters, in small letters; empty where there is none. */
    public String mediaType() {
        return header("Content-Type").orElse("").split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    /** Whether the body is JSON: by its content type, or by what it is. Many a service calls its JSON a text, or nothing. */
    public boolean isJson() {
        String type = mediaType();
        return type.equals("application/json")
                || type.endsWith("+json")
                || (content.looksLikeJson() && json().isPresent());
    }

    public boolean isHtml() {
        return mediaType().equals("text/html") || mediaType().equals("application/xhtml+xml");
    }

    /** Whether the body can be read as text: by its content type, or by what it is. */
    public boolean isText() {
        String type = mediaType();
        return type.startsWith("text/")
                || type.endsWith("+xml")
                || type.matches("application/(xml|javascript|x-javascript|ecmascript|x-www-form-urlencoded|graphql)")
                || isJson()
                // Without a type it may be in any coding of text.
                || content.looksLikeText(type.isEmpty() ? StandardCharsets.ISO_8859_1 : charset());
    }

    /** The body as text, in UTF-8 where the content type says nothing else. */
    public String text() {
        return content.text(charset());
    }

    private Charset charset() {
        ContentType type = ContentType.parseLenient(header("Content-Type").orElse(null));
        return type == null ? StandardCharsets.UTF_8 : type.getCharset(StandardCharsets.UTF_8);
    }

    /** The body as JSON, whatever its content type; empty where it is none. */
    public Optional<JsonNode> json() {
        if (!content.isComplete()) {
            return Optional.empty();
        }
        try {
            JsonNode node = JSON.readTree(text());
            return node.isMissingNode() ? Optional.empty() : Optional.of(node);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** The value that a scenario means; empty where this response has none. */
    public Optional<JsonNode> select(Selection selection) {
        return Selecting.from(this, selection);
    }
}
