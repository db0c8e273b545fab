package dev.coatcheck.formation.router;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The header of a request as an instance gets it: without what concerned the client's connection, and with what the
 * instance cannot see for itself. {@code Host} is passed on as it is.
 */
final class RequestHeaders {
    static final HttpString REQUEST_ID = new HttpString("X-Request-Id");
    /** As RFC 7239 names a client that the proxy does not know. */
    static final String UNKNOWN = "unknown";

    private static final HttpString FORWARDED = new HttpString("Forwarded");
    private static final HttpString REAL_IP = new HttpString("X-Real-Ip");

    private static final HttpString CONTENT_LENGTH_IN_DISGUISE = new HttpString("Content_Length");
    private static final HttpString TRANSFER_ENCODING_IN_DISGUISE = new HttpString("Transfer_Encoding");

    private RequestHeaders() {}

    static void copy(
            HttpServerExchange exchange,
            Arrival arrival,
            RequestBody body,
            boolean upgrade,
            boolean trustForwarded,
            HeaderMap to) {
        HeaderMap from = exchange.getRequestHeaders();
        Set<HttpString> dropped = HopByHop.in(from);
        for (HeaderValues values : from) {
            HttpString name = values.getHeaderName();
            if (!dropped.contains(name)
                    && !isFramingInDisguise(name)
                    && (trustForwarded || !speaksForTheRouter(name))) {
                to.putAll(name, values);
            }
        }
        frame(to, body);
        if (upgrade) {
            to.put(Headers.CONNECTION, "Upgrade");
            to.put(Headers.UPGRADE, "websocket");
        }
        to.put(REQUEST_ID, arrival.requestId());
        forwarded(to, exchange, arrival.client());
        if (!to.contains(Headers.HOST)) {
            // An HTTP/1.0 client need not name a host, but the request to the instance is HTTP/1.1.
            @Nullable InetSocketAddress local = exchange.getDestinationAddress();
            to.put(Headers.HOST, local == null ? "localhost" : inUrl(local.getHostString()) + ":" + local.getPort());
        }
    }

    /** An address of IPv6 stands in brackets, without the zone that only this machine knows (RFC 3986, 3.2.2). */
    static String inUrl(String host) {
        return host.contains(":") ? "[" + host.replaceFirst("%.*", "") + "]" : host;
    }

    private static void frame(HeaderMap to, RequestBody body) {
        switch (body) {
            case RequestBody.None none -> {}
            case RequestBody.Buffered buffered ->
                to.put(Headers.CONTENT_LENGTH, buffered.content().remaining());
            case RequestBody.Streamed streamed -> {
                if (!to.contains(Headers.CONTENT_LENGTH)) {
                    to.put(Headers.TRANSFER_ENCODING, "chunked");
                }
            }
        }
    }

    private static void forwarded(HeaderMap to, HttpServerExchange exchange, String address) {
        // A proxy in front may add the address that it saw as a line of its own, behind those that it was sent.
        @Nullable HeaderValues before = to.get(Headers.X_FORWARDED_FOR);
        to.put(Headers.X_FORWARDED_FOR, before == null ? address : String.join(", ", before) + ", " + address);
        putIfAbsent(to, Headers.X_FORWARDED_PROTO, exchange.getRequestScheme());
        String host = exchange.getRequestHeaders().getFirst(Headers.HOST);
        if (host != null) {
            putIfAbsent(to, Headers.X_FORWARDED_HOST, host);
        }
        putIfAbsent(to, Headers.X_FORWARDED_PORT, port(exchange, to));
    }

    /** The TCP port that the client believes it has asked, as what is said of the host and the scheme has it. */
    private static String port(HttpServerExchange exchange, HeaderMap said) {
        String host = first(said, Headers.X_FORWARDED_HOST);
        if (host.isEmpty()) {
            return Integer.toString(exchange.getHostPort());
        }
        String asked = said.getFirst(Headers.HOST);
        String port = RequestTarget.port(asked != null && asked.startsWith(host + ":") ? asked : host);
        boolean secure = first(said, Headers.X_FORWARDED_PROTO).equalsIgnoreCase("https");
        return !port.isEmpty() ? port : secure ? "443" : "80";
    }

    /** Of several proxies the first one has heard the client itself. */
    private static String first(HeaderMap said, HttpString name) {
        String values = said.getFirst(name);
        return values == null ? "" : values.split(",", 2)[0].strip();
    }

    /** Whether the client wants to go on in WebSocket, which is the only other protocol that is switched to. */
    static boolean askForWebSocket(HttpServerExchange exchange) {
        HeaderMap headers = exchange.getRequestHeaders();
        String protocol = headers.getFirst(Headers.UPGRADE);
        return protocol != null
                && protocol.equalsIgnoreCase("websocket")
                && exchange.isHttp11()
                && exchange.isRequestComplete()
                && HopByHop.named(headers).contains(Headers.UPGRADE);
    }

    /** The IP address of whoever made the connection; {@link #UNKNOWN} where that is closed already. */
    static String clientAddress(HttpServerExchange exchange) {
        @Nullable InetSocketAddress client = exchange.getSourceAddress();
        if (client == null) {
            return UNKNOWN;
        }
        InetAddress address = client.getAddress();
        return address == null ? client.getHostString() : address.getHostAddress();
    }

    private static void putIfAbsent(HeaderMap to, HttpString name, String value) {
        if (!to.contains(name)) {
            to.put(name, value);
        }
    }

    /** Whether CGI and its like take the field for one that says where the body ends, as they read {@code _}. */
    private static boolean isFramingInDisguise(HttpString name) {
        return switch (name.length()) {
            case 14 -> name.equals(CONTENT_LENGTH_IN_DISGUISE);
            case 17 -> name.equals(TRANSFER_ENCODING_IN_DISGUISE);
            default -> false;
        };
    }

    /**
     * Whether an instance takes the field for the word of the proxy in front of it. CGI, WSGI and their like cannot
     * tell {@code X_Forwarded_For} from {@code X-Forwarded-For}, so neither is let through.
     */
    private static boolean speaksForTheRouter(HttpString name) {
        if (name.length() < 7) {
            return false;
        }
        byte first = name.byteAt(0);
        if (first != 'X' && first != 'x' && first != 'F' && first != 'f') {
            return false;
        }
        String normal = name.toString().replace('_', '-').toLowerCase(Locale.ROOT);
        return normal.startsWith("x-forwarded-")
                || normal.equals("x-request-id")
                || FORWARDED.equalToString(normal)
                || REAL_IP.equalToString(normal);
    }
}
