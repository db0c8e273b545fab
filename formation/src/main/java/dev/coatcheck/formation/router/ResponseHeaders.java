package dev.coatcheck.formation.router;

import io.undertow.client.ClientResponse;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;

/** The header of a response: whether it can be passed on, and what of it is. */
final class ResponseHeaders {
    static final HttpString INSTANCE = new HttpString("X-Coatcheck-Instance");

    private ResponseHeaders() {}

    /** Whether the response says one thing about where it ends, and is a final one or the expected switch. */
    static boolean isProper(ClientResponse response, boolean upgrade) {
        HeaderMap headers = response.getResponseHeaders();
        HeaderValues lengths = headers.get(Headers.CONTENT_LENGTH);
        HeaderValues encodings = headers.get(Headers.TRANSFER_ENCODING);
        int status = response.getResponseCode();
        return ((status >= 200 && status <= 599) || (status == 101 && upgrade))
                && (lengths == null || lengths.size() == 1)
                && (encodings == null
                        || (encodings.size() == 1 && encodings.getFirst().equalsIgnoreCase("chunked")));
    }

    static void copy(ClientResponse response, HeaderMap to) {
        HeaderMap from = response.getResponseHeaders();
        Set<HttpString> dropped = HopByHop.in(from);
        for (HeaderValues values : from) {
            HttpString name = values.getHeaderName();
            if (!dropped.contains(name)) {
                to.putAll(name, values);
            }
        }
        if (from.contains(Headers.TRANSFER_ENCODING) || response.getResponseCode() == 204) {
            to.remove(Headers.CONTENT_LENGTH);
        }
    }

    /**
     * Has a body of unknown length sent in chunks, so that one that is cut is not taken for whole. Undertow does so only on a
     * connection that goes on after it.
     */
    static void showWhereItEnds(HttpServerExchange exchange) {
        if (exchange.isHttp11() && !exchange.getResponseHeaders().contains(Headers.CONTENT_LENGTH)) {
            exchange.getResponseHeaders().put(Headers.TRANSFER_ENCODING, Headers.CHUNKED.toString());
        }
    }

    /**
     * Adds what the router says itself, and begins the response: its header cannot be changed after that.
     *
     * @param instance to name, if not null
     */
    static StreamSinkChannel begin(HttpServerExchange exchange, String requestId, @Nullable String instance) {
        HeaderMap headers = exchange.getResponseHeaders();
        headers.put(RequestHeaders.REQUEST_ID, requestId);
        if (instance == null) {
            headers.remove(INSTANCE);
        } else {
            headers.put(INSTANCE, instance);
        }
        StreamSinkChannel channel = exchange.getResponseChannel();
        if (exchange.getRequestMethod().equals(Methods.HEAD)) {
            // Undertow has just promised chunks, also where there is no body even for GET.
            headers.remove(Headers.TRANSFER_ENCODING);
        }
        return channel;
    }
}
