package dev.coatcheck.formation.router;

import io.undertow.server.HttpServerExchange;

/** The parts of a request target in absolute form, {@code http://host:port/path}, and what of it is passed on. */
final class RequestTarget {
    private RequestTarget() {}

    static String scheme(String uri) {
        return uri.substring(0, Math.max(0, uri.indexOf("://")));
    }

    static String authority(String uri) {
        int begin = uri.indexOf("://") + 3;
        int end = uri.indexOf('/', begin);
        return end < 0 ? uri.substring(begin) : uri.substring(begin, end);
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
