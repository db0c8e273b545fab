package dev.coatcheck.formation.router;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;

/** The parts of a request target in absolute form, {@code http://host:port/path}, and what of them is passed on. */
final class RequestTarget {
    private static final int MOST_PORT_DIGITS = 5;

    private RequestTarget() {}

    static String scheme(String uri) {
        return uri.substring(0, Math.max(0, uri.indexOf("://")));
    }

    static String authority(String uri) {
        int begin = uri.indexOf("://") + 3;
        int end = uri.indexOf('/', begin);
        return end < 0 ? uri.substring(begin) : uri.substring(begin, end);
    }

    /** Whether it is a host, perhaps with a TCP port, and nothing else: no user. */
    static boolean isProperAuthority(String authority) {
        return !authority.isEmpty()
                && !authority.startsWith(":")
                && authority.chars().allMatch(c -> Tokens.isLetterOrDigit(c) || "-._~:[]%!$&'()*+;=".indexOf(c) >= 0)
                && hasProperPort(authority);
    }

    static boolean hasProperPort(String authority) {
        String port = port(authority);
        return port.length() <= MOST_PORT_DIGITS && port.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** The TCP port in digits; empty where there is none, which stands for the scheme's own. */
    static String port(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon <= authority.lastIndexOf(']') ? "" : authority.substring(colon + 1);
    }

    /** Gives a request a {@code Host} that names its host in the target alone, as one of HTTP/1.0 may. */
    static void nameHost(HttpServerExchange exchange) {
        HeaderMap headers = exchange.getRequestHeaders();
        if (exchange.isHostIncludedInRequestURI() && !headers.contains(Headers.HOST)) {
            headers.put(Headers.HOST, authority(exchange.getRequestURI()));
        }
    }

    /** The path as the client wrote it, without decoding, in whatever form the target is. */
    static String path(HttpServerExchange exchange) {
        String uri = exchange.getRequestURI();
        if (!exchange.isHostIncludedInRequestURI()) {
            return uri;
        }
        int path = uri.indexOf('/', uri.indexOf("://") + 3);
        return path < 0 ? "/" : uri.substring(path);
    }

    /** Origin form: the path and the query, as the client wrote them. */
    static String originForm(HttpServerExchange exchange) {
        String query = exchange.getQueryString();
        return query.isEmpty() ? path(exchange) : path(exchange) + '?' + query;
    }
}
