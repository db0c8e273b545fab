package dev.coatcheck.prove.play;

import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.ContentTypes;
import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Template;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.entity.mime.ByteArrayBody;
import org.apache.hc.client5.http.entity.mime.FormBodyPart;
import org.apache.hc.client5.http.entity.mime.FormBodyPartBuilder;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.FileEntity;

/** Puts values in the place of variables, and makes of a step what goes over the wire. */
final class Rendering {
    /** What a server shows that it speaks of WebSockets by. */
    static final String KEY = "Sec-WebSocket-Key";

    private final URI origin;
    private final Function<String, String> values;

    /** A step cannot be sent as it is. */
    static final class NotSendable extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotSendable(String message) {
            super(message);
        }
    }

    /** A value for each variable; {@link NotSendable} is thrown by it for one that has none. */
    Rendering(URI origin, Function<String, String> values) {
        this.origin = origin;
        this.values = values;
    }

    PreparedRequest prepare(Request request, Target instance, CookieJar jar) {
        String target = target(request, instance);
        Rendered body = body(request.body());
        List<Header> headers = new ArrayList<>();
        for (Field header : request.headers()) {
            headers.add(new Header(header.name(), header.value().render(values)));
        }
        Map<String, String> cookies = new LinkedHashMap<>(jar.cookiesFor(target.split("\\?", 2)[0]));
        request.cookies()
                .forEach(cookie -> cookies.put(cookie.name(), cookie.value().render(values)));
        if (!cookies.isEmpty()) {
            addUnlessThere(
                    headers,
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        if (!body.contentType().isEmpty()) {
            addUnlessThere(headers, "Content-Type", body.contentType());
        }
        if (request.method().equals(Request.WEBSOCKET)) {
            // As browsers do: many a server takes no page but its own.
            addUnlessThere(headers, "Origin", Origins.text(origin));
            headers.add(new Header("Connection", "Upgrade"));
            headers.add(new Header("Upgrade", "websocket"));
            headers.add(new Header("Sec-WebSocket-Version", "13"));
            headers.add(new Header(KEY, WebSocket.newKey()));
        }
        addUnlessThere(headers, "Host", origin.getRawAuthority());
        addUnlessThere(headers, "User-Agent", "coatcheck");
        addUnlessThere(headers, "Accept", "*/*");
        addUnlessThere(headers, "Connection", "close");
        headers.forEach(Rendering::check);
        SentRequest sent = new SentRequest(request.method(), target, headers, body.text());
        return new PreparedRequest(sent, body.entity(), body.messages());
    }

    private static void addUnlessThere(List<Header> headers, String name, String value) {
        if (headers.stream().noneMatch(header -> header.name().equalsIgnoreCase(name))) {
            headers.add(new Header(name, value));
        }
    }

    private static void check(Header header) {
        if (header.value().chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
            throw new NotSendable("the value of the header " + header.name() + " would hold a line end");
        }
    }

    private String target(Request request, Target instance) {
        String written = request.target().render(values).split("#", 2)[0];
        String path = written.startsWith("/") ? written : pathOf(written, instance);
        String query = encoded(request.query());
        String joined = query.isEmpty() ? path : path + (path.contains("?") ? "&" : "?") + query;
        return PercentEncoding.ofTarget(joined);
    }

    /** An absolute URL of the application, as {@code {{BASE_URL}}} or a captured {@code Location} makes it. */
    private String pathOf(String url, Target instance) {
        URI uri;
        try {
            uri = new URI(PercentEncoding.ofTarget(url));
        } catch (URISyntaxException e) {
            throw new NotSendable("'" + url + "' is neither a path nor a URL");
        }
        String host = uri.getHost();
        if (host == null) {
            throw new NotSendable("'" + url + "' is neither a path nor a URL");
        }
        boolean own = host.equalsIgnoreCase(origin.getHost())
                || host.equalsIgnoreCase(instance.address().getHost())
                || Origins.isLoopback(host);
        if (!own) {
            throw new NotSendable("'" + url + "' is not the application's: steps go to " + Origins.text(origin));
        }
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    private String encoded(List<Field> fields) {
        return fields.stream()
                .map(field ->
                        encoded(field.name()) + "=" + encoded(field.value().render(values)))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private record Rendered(
            String text, String contentType, Optional<HttpEntity> entity, List<PreparedRequest.Outgoing> messages) {
        Rendered(String text, String contentType, Optional<HttpEntity> entity) {
            this(text, contentType, entity, List.of());
        }

        static Rendered of(String text, String contentType) {
            return new Rendered(
                    text, contentType, Optional.of(new ByteArrayEntity(text.getBytes(StandardCharsets.UTF_8), null)));
        }
    }

    private Rendered body(Body body) {
        return switch (body) {
            case Body.None() -> new Rendered("", "", Optional.empty());
            case Body.Text(Template text, String contentType) -> Rendered.of(text.render(values), contentType);
            case Body.Json(Template text) -> Rendered.of(text.renderJson(values), ContentTypes.JSON);
            case Body.Form(List<Field> fields) -> Rendered.of(encoded(fields), ContentTypes.FORM);
            case Body.Messages(List<Body.Message> messages) -> messages(messages);
            case Body.Bytes bytes ->
                new Rendered(
                        "(" + bytes.content().length + " bytes)",
                        "",
                        Optional.of(new ByteArrayEntity(bytes.content(), null)));
            case Body.File(var path, String contentType) ->
                new Rendered("@" + path.getFileName(), contentType, Optional.of(new FileEntity(path.toFile(), null)));
            case Body.Multipart(List<Body.Part> parts) -> multipart(parts);
        };
    }

    private Rendered messages(List<Body.Message> messages) {
        List<PreparedRequest.Outgoing> outgoing = messages.stream()
                .map(message -> new PreparedRequest.Outgoing(text(message.text()), message.after()))
                .toList();
        String text = outgoing.stream().map(PreparedRequest.Outgoing::text).collect(Collectors.joining("\n"));
        return new Rendered(text, "", Optional.empty(), outgoing);
    }

    private String text(Template message) {
        String written = message.toString();
        boolean json = written.startsWith("[") || (written.startsWith("{") && !written.startsWith("{{"));
        return json ? message.renderJson(values) : message.render(values);
    }

    private Rendered multipart(List<Body.Part> parts) {
        MultipartEntityBuilder builder =
                MultipartEntityBuilder.create().setLaxMode().setCharset(StandardCharsets.UTF_8);
        List<String> words = new ArrayList<>();
        for (Body.Part part : parts) {
            switch (part) {
                case Body.TextPart(String name, Template value) -> {
                    String text = value.render(values);
                    builder.addTextBody(name, text, ContentType.create("text/plain", StandardCharsets.UTF_8));
                    words.add(name + "=" + text);
                }
                case Body.FilePart(String name, var path, String contentType) -> {
                    builder.addBinaryBody(name, path, type(contentType), String.valueOf(path.getFileName()));
                    words.add(name + "=@" + path.getFileName());
                }
                case Body.BytesPart bytes -> {
                    builder.addPart(bytes(bytes));
                    words.add(bytes.name() + "=@" + bytes.fileName().orElse(""));
                }
            }
        }
        HttpEntity entity = builder.build();
        return new Rendered(String.join("&", words), entity.getContentType(), Optional.of(entity));
    }

    private static FormBodyPart bytes(Body.BytesPart part) {
        // The client's library writes the type of a part that has the name of a file, if an empty one, and of no other.
        String fileName = part.fileName().orElse("");
        FormBodyPartBuilder builder = FormBodyPartBuilder.create(
                part.name(), new ByteArrayBody(part.content(), type(part.contentType()), fileName));
        if (part.fileName().isEmpty()) {
            String name = part.name().replace("\"", "%22").replaceAll("[\r\n]", " ");
            builder.setField("Content-Disposition", "form-data; name=\"" + name + "\"");
        }
        return builder.build();
    }

    private static ContentType type(String written) {
        return Optional.ofNullable(ContentType.parseLenient(written)).orElse(ContentType.APPLICATION_OCTET_STREAM);
    }
}
