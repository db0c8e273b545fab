package dev.coatcheck.formation.router;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.HashSet;
import java.util.Set;

/**
 * The header fields that concern one connection and not the next (RFC 9110, section 7.6.1): the well-known ones, and
 * those that {@code Connection} names.
 */
final class HopByHop {
    private static final Set<HttpString> ALWAYS = Set.of(
            Headers.CONNECTION,
            Headers.KEEP_ALIVE,
            new HttpString("Proxy-Connection"),
            Headers.PROXY_AUTHENTICATE,
            Headers.PROXY_AUTHORIZATION,
            Headers.TE,
            Headers.TRAILER,
            Headers.TRANSFER_ENCODING,
            Headers.UPGRADE);

    /** Fields without which a message means something else; {@code Connection} cannot name them away. */
    private static final Set<HttpString> NEVER = Set.of(Headers.HOST, Headers.CONTENT_LENGTH);

    private HopByHop() {}

    static Set<HttpString> in(HeaderMap headers) {
        Set<HttpString> named = named(headers);
        if (named.isEmpty()) {
            return ALWAYS;
        }
        named.addAll(ALWAYS);
        named.removeAll(NEVER);
        return named;
    }

    /** Those that {@code Connection} names. */
    static Set<HttpString> named(HeaderMap headers) {
        HeaderValues connection = headers.get(Headers.CONNECTION);
        Set<HttpString> named = new HashSet<>();
        if (connection != null) {
            for (String value : connection) {
                for (String name : value.split(",", -1)) {
                    if (!name.isBlank()) {
                        named.add(new HttpString(name.strip()));
                    }
                }
            }
        }
        return named;
    }
}
