package dev.coatcheck.prove.scenario;

import java.util.List;
import java.util.Set;

/**
 * A request before its variables have values.
 *
 * @param method in capital letters
 * @param target the path with its query, or an absolute URL of the application; percent-encoded where its author did so
 * @param query more parameters of the query, not yet encoded
 * @param headers in the order they are sent
 * @param cookies sent in this step beside those that the application has set
 * @param body what follows the headers
 */
public record Request(
        String method, Template target, List<Field> query, List<Field> headers, List<Field> cookies, Body body) {
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    public Request {
        query = List.copyOf(query);
        headers = List.copyOf(headers);
        cookies = List.copyOf(cookies);
    }

    /** A request of nothing but its first line. */
    public static Request of(String method, Template target) {
        return new Request(method, target, List.of(), List.of(), List.of(), new Body.None());
    }

    /** Whether its method promises to change nothing (RFC 9110, 9.2.1). */
    public boolean isSafe() {
        return SAFE.contains(method);
    }

    public Request withBody(Body changed) {
        return new Request(method, target, query, headers, cookies, changed);
    }
}
