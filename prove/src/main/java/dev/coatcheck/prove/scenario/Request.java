package dev.coatcheck.prove.scenario;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A request before its variables have values.
 *
 * @param method in capital letters; or {@link #WEBSOCKET} or {@link #SEND}
 * @param target the path with its query, or an absolute URL of the application; percent-encoded where its author did so
 * @param query more parameters of the query, not yet encoded
 * @param headers in the order they are sent
 * @param cookies sent in this step beside those that the application has set
 * @param body what follows the headers
 */
public record Request(
        String method, Template target, List<Field> query, List<Field> headers, List<Field> cookies, Body body) {
    /** In the place of a method: opens a WebSocket, and sends the messages of its body. */
    public static final String WEBSOCKET = "WEBSOCKET";

    /** In the place of a method: sends the messages of its body on the WebSocket that its user has opened at its target. */
    public static final String SEND = "SEND";

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    /** What opens a WebSocket and is made anew each time it is sent. */
    private static final Set<String> OF_UPGRADES = Set.of(
            "upgrade",
            "connection",
            "content-type",
            "sec-websocket-key",
            "sec-websocket-version",
            "sec-websocket-extensions");

    public Request {
        query = List.copyOf(query);
        headers = List.copyOf(headers);
        cookies = List.copyOf(cookies);
    }

    /** A request of nothing but its first line. */
    public static Request of(String method, Template target) {
        return new Request(method, target, List.of(), List.of(), List.of(), new Body.None());
    }

    /** Whether its method promises to change nothing (RFC 9110, 9.2.1). To listen changes nothing, to say something may. */
    public boolean isSafe() {
        return SAFE.contains(method) || (method.equals(WEBSOCKET) && body instanceof Body.None);
    }

    /** Whether it speaks of a WebSocket. */
    public boolean isOfWebSocket() {
        return method.equals(WEBSOCKET) || method.equals(SEND);
    }

    /** What speaks of a WebSocket, also as a {@code GET} with {@code Upgrade: websocket}, with its body as a message. */
    public Request asWebSocket() {
        boolean upgrades = method.equals("GET")
                && headers.stream()
                        .anyMatch(header -> header.name().equalsIgnoreCase("Upgrade")
                                && header.value().toString().equalsIgnoreCase("websocket"));
        if (!upgrades && !isOfWebSocket()) {
            return this;
        }
        List<Field> others = headers.stream()
                .filter(header -> !OF_UPGRADES.contains(header.name().toLowerCase(Locale.ROOT)))
                .toList();
        Body messages =
                switch (body) {
                    case Body.Text(Template text, String contentType) -> message(text);
                    case Body.Json(Template text) -> message(text);
                    default -> body;
                };
        return new Request(upgrades ? WEBSOCKET : method, target, query, others, cookies, messages);
    }

    private static Body message(Template text) {
        return new Body.Messages(List.of(new Body.Message(text, Body.Await.NOTHING)));
    }

    public Request withBody(Body changed) {
        return new Request(method, target, query, headers, cookies, changed);
    }
}
