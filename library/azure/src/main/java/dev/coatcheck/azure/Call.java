package dev.coatcheck.azure;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One request of the REST protocol, which is signed each time it is made. To be put together by one thread, and made as
 * often as is needed.
 */
final class Call {
    /** Of the protocol: an old one, since a store refuses those that it does not know. */
    static final String VERSION = "2021-12-02";

    /** The first version in which a list begins where it is told to. */
    private static final String VERSION_OF_LISTS = "2026-02-06";

    /** As the protocol has it: unlike {@link DateTimeFormatter#RFC_1123_DATE_TIME} with two digits for the day. */
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private final String method;
    private final String path;
    /** By name in lower case, in whose order both are signed. */
    private final Map<String, Parameter> query = new TreeMap<>();

    private final Map<String, String> headers = new TreeMap<>();
    private BodyPublisher body = BodyPublishers.noBody();

    private record Parameter(String name, String value) {}

    private Call(String method, String path) {
        this.method = method;
        this.path = path;
    }

    /** About the container itself. */
    static Call container(String method) {
        return new Call(method, "").query("restype", "container");
    }

    /** For the blobs of the container. */
    static Call list() {
        return container("GET").query("comp", "list").header("x-ms-version", VERSION_OF_LISTS);
    }

    /** About one blob. */
    static Call blob(String method, String key) {
        return new Call(method, "/" + path(key));
    }

    /** A blob's key as a path: what a proxy might write otherwise on the way is percent-encoded before it is signed. */
    static String path(String key) {
        return encoded(key).replace("%2F", "/");
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }

    Call query(String name, String value) {
        query.put(name.toLowerCase(Locale.ROOT), new Parameter(name, value));
        return this;
    }

    /** @param name in lower case */
    Call header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** @param md5 in Base64, which the store checks */
    Call body(BodyPublisher content, String md5) {
        body = content;
        return header("content-md5", md5);
    }

    /** The request, signed now. */
    HttpRequest signed(AzureUrl url) {
        var sent = new TreeMap<>(headers);
        sent.put("x-ms-date", DATE.format(ZonedDateTime.now(ZoneOffset.UTC)));
        sent.putIfAbsent("x-ms-version", VERSION);
        var address = url.endpoint().getRawPath() + "/" + url.container() + path;
        var signature = url.key().sign(toSign(sent, "/" + url.key().account() + address));
        sent.put("authorization", "SharedKey " + url.key().account() + ":" + signature);
        var request = HttpRequest.newBuilder(URI.create(
                        url.endpoint().getScheme() + "://" + url.endpoint().getRawAuthority() + address + query()))
                .method(method, body);
        sent.forEach(request::header);
        return request.build();
    }

    private String query() {
        return query.values().stream()
                .map(parameter -> parameter.name() + "=" + encoded(parameter.value()))
                .collect(Collectors.joining("&", query.isEmpty() ? "" : "?", ""));
    }

    /** The method and the standard headers, each on its line whether it is sent or not; the others; the resource. */
    private String toSign(Map<String, String> sent, String resource) {
        var length = body.contentLength() == 0 ? "" : Long.toString(body.contentLength());
        var standard = String.join(
                "\n",
                method,
                "", // Content-Encoding
                "", // Content-Language
                length,
                sent.getOrDefault("content-md5", ""),
                "", // Content-Type: that of the blob is a header of its own
                "", // Date: x-ms-date
                "", // If-Modified-Since
                "", // If-Match
                sent.getOrDefault("if-none-match", ""),
                "", // If-Unmodified-Since
                "", // Range: x-ms-range
                "");
        var others = sent.entrySet().stream()
                .filter(header -> header.getKey().startsWith("x-ms-"))
                .map(header -> header.getKey() + ":" + header.getValue() + "\n")
                .collect(Collectors.joining());
        var parameters = query.entrySet().stream()
                .map(parameter ->
                        "\n" + parameter.getKey() + ":" + parameter.getValue().value())
                .collect(Collectors.joining());
        return standard + others + resource + parameters;
    }
}
