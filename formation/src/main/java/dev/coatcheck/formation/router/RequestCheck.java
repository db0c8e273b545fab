package dev.coatcheck.formation.router;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import org.jspecify.annotations.Nullable;

/**
 * What a request has to be beyond what Undertow's parser has made sure of. The parser answers 400 itself to bare line
 * feeds, to a space before a colon, to more than one {@code Content-Length} or {@code Host}, and to a
 * {@code Content-Length} beside a {@code Transfer-Encoding}.
 */
final class RequestCheck {
    private static final int LONGEST_LENGTH = 18;

    private RequestCheck() {}

    /** Returns why the request is not passed on, or null where it is. */
    static @Nullable Refusal refusal(HttpServerExchange exchange, RouterSettings.Limits limits) {
        HttpString method = exchange.getRequestMethod();
        if (method.equals(Methods.CONNECT) || method.equals(Methods.TRACE)) {
            return Refusal.METHOD_NOT_PASSED_ON;
        }
        if (!hasProperFraming(exchange) || !hasProperTarget(exchange)) {
            return Refusal.MALFORMED;
        }
        int target =
                exchange.getRequestURI().length() + exchange.getQueryString().length();
        if (target > limits.headBytes()) {
            return Refusal.TARGET_TOO_LONG;
        }
        if (isHeadTooLarge(exchange.getRequestHeaders(), target, limits)) {
            return Refusal.HEAD_TOO_LARGE;
        }
        if (exchange.getRequestContentLength() > limits.bodyBytes()) {
            return Refusal.bodyTooLarge(limits.bodyBytes());
        }
        String expectation = exchange.getRequestHeaders().getFirst(Headers.EXPECT);
        return expectation == null || expectation.equalsIgnoreCase("100-continue") ? null : Refusal.EXPECTATION_FAILED;
    }

    private static boolean hasProperFraming(HttpServerExchange exchange) {
        String length = exchange.getRequestHeaders().getFirst(Headers.CONTENT_LENGTH);
        String encoding = exchange.getRequestHeaders().getFirst(Headers.TRANSFER_ENCODING);
        boolean lengthIsProper = length == null || length.length() <= LONGEST_LENGTH;
        boolean encodingIsProper = encoding == null || (encoding.equalsIgnoreCase("chunked") && exchange.isHttp11());
        boolean protocolIsKnown = exchange.isHttp11()
                || exchange.isHttp10()
                || exchange.getProtocol().equals(Protocols.HTTP_2_0);
        return lengthIsProper && encodingIsProper && protocolIsKnown;
    }

    private static boolean hasProperTarget(HttpServerExchange exchange) {
        String uri = exchange.getRequestURI();
        if (!isVisible(uri) || !isVisible(exchange.getQueryString())) {
            return false;
        }
        String host = exchange.getRequestHeaders().getFirst(Headers.HOST);
        if (host != null && !RequestTarget.hasProperPort(host)) {
            return false;
        }
        if (!exchange.isHostIncludedInRequestURI()) {
            return uri.startsWith("/")
                    || (uri.equals("*") && exchange.getRequestMethod().equals(Methods.OPTIONS));
        }
        String authority = RequestTarget.authority(uri);
        return RequestTarget.scheme(uri).equalsIgnoreCase(exchange.getRequestScheme())
                && (host == null ? RequestTarget.isProperAuthority(authority) : authority.equalsIgnoreCase(host));
    }

    /**
     * RFC 3986 wants less, but browsers send {@code | { } ^} and the like as they are (WHATWG URL, "query
     * percent-encode set"), and applications expect them. A {@code #} never belongs to a request target.
     */
    private static boolean isVisible(String part) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') {
                return false;
            }
        }
        return true;
    }

    private static boolean isHeadTooLarge(HeaderMap headers, int target, RouterSettings.Limits limits) {
        int fields = 0;
        long bytes = target;
        for (HeaderValues values : headers) {
            for (String value : values) {
                fields++;
                bytes += values.getHeaderName().length() + value.length() + ": \r\n".length();
            }
        }
        return fields > limits.headerFields() || bytes > limits.headBytes();
    }
}
