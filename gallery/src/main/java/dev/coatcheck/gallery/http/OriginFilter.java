package dev.coatcheck.gallery.http;

import dev.coatcheck.servlet.SameOrigin;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;

/** Refuses requests that another site made a browser send. */
final class OriginFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!SAFE.contains(request.getMethod()) && !SameOrigin.isOf(request)) {
            throw new ApiException(403, "foreign_origin", "This request came from another site's page.");
        }
        chain.doFilter(request, response);
    }
}
