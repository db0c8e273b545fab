package dev.coatcheck.prove.play;

import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hc.client5.http.cookie.BasicCookieStore;
import org.apache.hc.client5.http.cookie.Cookie;
import org.apache.hc.client5.http.cookie.CookieOrigin;
import org.apache.hc.client5.http.cookie.CookiePriorityComparator;
import org.apache.hc.client5.http.cookie.CookieSpec;
import org.apache.hc.client5.http.cookie.MalformedCookieException;
import org.apache.hc.client5.http.impl.cookie.RFC6265LaxSpec;
import org.apache.hc.core5.http.message.BasicHeader;

/**
 * The cookies of one user, by RFC 6265: domain, path, expiry, {@code Secure}. Loopback counts as secure, as it does for
 * browsers. They belong to the application's origin, not to the instance that set them. For one thread.
 */
final class CookieJar {
    private final CookieSpec rules = new RFC6265LaxSpec();
    private final BasicCookieStore store = new BasicCookieStore();
    private final URI origin;
    private final InstantSource clock;

    CookieJar(URI origin, InstantSource clock) {
        this.origin = origin;
        this.clock = clock;
    }

    CookieJar copy() {
        CookieJar copy = new CookieJar(origin, clock);
        store.getCookies().forEach(copy.store::addCookie);
        return copy;
    }

    /** Takes in what a response sets, but for some names; what breaks the rules is ignored, as browsers do. */
    void receive(String path, Response response, Set<String> except) {
        CookieOrigin from = at(path);
        for (String line : response.headers("Set-Cookie")) {
            try {
                for (Cookie cookie : rules.parse(new BasicHeader("Set-Cookie", line), from)) {
                    rules.validate(cookie, from);
                    if (!except.contains(cookie.getName())) {
                        store.addCookie(verbatim(cookie, line));
                    }
                }
            } catch (MalformedCookieException ignored) {
                // As if it had not been sent: RFC 6265, section 5.3.
            }
        }
    }

    /** With the value as it was sent: the parser takes quotes away that some applications want back. */
    private static Cookie verbatim(Cookie cookie, String line) {
        if (cookie instanceof org.apache.hc.client5.http.cookie.SetCookie changeable) {
            SetCookie.pair(line).ifPresent(pair -> changeable.setValue(pair.value()));
        }
        return cookie;
    }

    /** What is sent to a path, by name; the most special path first. */
    Map<String, String> cookiesFor(String path) {
        store.clearExpired(clock.instant());
        CookieOrigin to = at(path);
        List<Cookie> matching = new ArrayList<>(store.getCookies());
        matching.removeIf(cookie -> !rules.match(cookie, to));
        matching.sort(CookiePriorityComparator.INSTANCE);
        Map<String, String> cookies = new LinkedHashMap<>();
        matching.forEach(cookie -> cookies.putIfAbsent(cookie.getName(), cookie.getValue()));
        return cookies;
    }

    private CookieOrigin at(String path) {
        boolean secure = "https".equals(origin.getScheme()) || Origins.isLoopback(origin.getHost());
        return new CookieOrigin(origin.getHost(), Origins.port(origin), path, secure);
    }
}
