package dev.coatcheck.gallery.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests that another site made a browser send. Browsers put {@code Origin} on every request that may change
 * something, and no page can alter it; what is no browser sends none and passes.
 *
 * <p>Compared with the name that the visitor used: the router passes {@code Host} on, or tells it in
 * {@code X-Forwarded-Host}, which no page can set either. Not the scheme, which a process behind TLS cannot know.
 */
final class OriginFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!SAFE.contains(request.getMethod()) && !isOurs(request, Collections.list(request.getHeaders("Origin")))) {
            throw new ApiException(403, "foreign_origin", "This request came from another site's page.");
        }
        chain.doFilter(request, response);
    }

    private static boolean isOurs(HttpServletRequest request, List<String> origins) {
        if (origins.isEmpty()) {
            return true;
        }
        var origin = origins.getFirst();
        int authority = origin.indexOf("://");
        if (origins.size() > 1 || authority < 0) {
            return false;
        }
        var name = withoutDefaultPort(origin.substring(authority + 3));
        return name.equals(withoutDefaultPort(request.getHeader("X-Forwarded-Host")))
                || name.equals(withoutDefaultPort(request.getHeader("Host")));
    }

    private static String withoutDefaultPort(@Nullable String authority) {
        return authority == null
                ? ""
                : authority.strip().toLowerCase(Locale.ROOT).replaceFirst(":(80|443)$", "");
    }
}
