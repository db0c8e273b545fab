package dev.coatcheck.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request comes from one of the site's own pages. Browsers send cookies along with what any page asks for, and
 * {@code Origin} with every request that may change something or opens a WebSocket, which no page can alter. What is no
 * browser sends none and passes.
 *
 * <p>Compared with the name that the visitor used: the router passes {@code Host} on, or tells it in
 * {@code X-Forwarded-Host}, which no page can set either. Not the scheme, which a process behind TLS cannot know, nor therefore
 * the port that is either scheme's default. Asks no store.
 *
 * <pre>{@code
 * if (!SameOrigin.isOf(request)) {
 *     response.sendError(HttpServletResponse.SC_FORBIDDEN);
 * }
 * }</pre>
 */
public final class SameOrigin {
    private SameOrigin() {}

    /** False too for a request with two origins, or one that is none, such as {@code null}. */
    public static boolean isOf(HttpServletRequest request) {
        var origins = Collections.list(request.getHeaders("Origin"));
        if (origins.isEmpty()) {
            return true;
        }
        var origin = origins.get(0);
        int scheme = origin.indexOf("://");
        if (origins.size() > 1 || scheme < 0) {
            return false;
        }
        var name = withoutDefaultPort(origin.substring(scheme + 3));
        return name.equals(withoutDefaultPort(request.getHeader("X-Forwarded-Host")))
                || name.equals(withoutDefaultPort(request.getHeader("Host")));
    }

    private static String withoutDefaultPort(@Nullable String authority) {
        return authority == null
                ? ""
                : authority.strip().toLowerCase(Locale.ROOT).replaceFirst(":(80|443)$", "");
    }
}
