package dev.coatcheck.formation.router;

import io.undertow.protocols.http2.Http2Channel;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP/2 request, put into one that means the same in HTTP/1.1 (RFC 9113, sections 8.2 and 8.3). HTTP/2
 * can carry within a name or a value what would be a line of its own in HTTP/1.1, and a length that the body does not
 * have: such a head is malformed, and there is none.
 *
 * <p>The fields are copied, since Undertow adds those of a trailer to the map in which it keeps the request's own.
 *
 * @param fields with {@code Host}, without pseudo-header fields, with one {@code Cookie} at most
 */
record Http2Head(String method, String path, HeaderMap fields) {
    private static final Set<HttpString> PSEUDO =
            Set.of(Http2Channel.METHOD, Http2Channel.PATH, Http2Channel.SCHEME, Http2Channel.AUTHORITY);

    /**
     * Returns null where the request is malformed.
     *
     * @param endsHere whether no body follows
     */
    static @Nullable Http2Head of(HeaderMap received, boolean endsHere) {
        String method = only(received, Http2Channel.METHOD);
        String path = only(received, Http2Channel.PATH);
        String scheme = only(received, Http2Channel.SCHEME);
        String host = host(received);
        if (method == null
                || path == null
                || path.isEmpty()
                || scheme == null
                || host == null
                || !isToken(method)
                || !hasProperLength(received, endsHere)
                || namesAConnection(received)) {
            return null;
        }
        HeaderMap fields = new HeaderMap();
        for (HeaderValues values : received) {
            if (!PSEUDO.contains(values.getHeaderName())) {
                if (!isToken(values.getHeaderName().toString())
                        || !values.stream().allMatch(Http2Head::isProperValue)) {
                    return null;
                }
                fields.putAll(values.getHeaderName(), values);
            }
        }
        fields.put(Headers.HOST, host);
        HeaderValues cookies = fields.get(Headers.COOKIE);
        if (cookies != null && cookies.size() > 1) {
            fields.put(Headers.COOKIE, String.join("; ", cookies));
        }
        return new Http2Head(method, path, fields);
    }

    private static @Nullable String only(HeaderMap headers, HttpString name) {
        return headers.count(name) == 1 ? headers.getFirst(name) : null;
    }

    /** The authority, by either of its names; by both only where they agree. */
    private static @Nullable String host(HeaderMap received) {
        String authority = only(received, Http2Channel.AUTHORITY);
        if (received.contains(Headers.HOST)) {
            String host = only(received, Headers.HOST);
            boolean agree = received.count(Http2Channel.AUTHORITY) == 0 || Objects.equals(host, authority);
            return agree && host != null && RequestTarget.isProperAuthority(host) ? host : null;
        }
        return authority != null && RequestTarget.isProperAuthority(authority) ? authority : null;
    }

    private static boolean hasProperLength(HeaderMap received, boolean endsHere) {
        if (!received.contains(Headers.CONTENT_LENGTH)) {
            return true;
        }
        String length = only(received, Headers.CONTENT_LENGTH);
        return length != null
                && !length.isEmpty()
                && length.chars().allMatch(c -> c >= '0' && c <= '9')
                && (!endsHere || length.chars().allMatch(c -> c == '0'));
    }

    private static boolean namesAConnection(HeaderMap received) {
        String te = received.getFirst(Headers.TE);
        return received.contains(Headers.CONNECTION)
                || received.contains(Headers.TRANSFER_ENCODING)
                || received.contains(Headers.UPGRADE)
                || (te != null && !te.equals("trailers"));
    }

    private static boolean isToken(String name) {
        return !name.isEmpty() && name.chars().allMatch(Tokens::isTokenCharacter);
    }

    private static boolean isProperValue(String value) {
        return value.chars().allMatch(c -> (c >= ' ' && c != 0x7f) || c == '\t');
    }
}
