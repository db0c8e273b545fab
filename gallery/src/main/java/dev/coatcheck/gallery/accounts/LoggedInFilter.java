package dev.coatcheck.gallery.accounts;

import dev.coatcheck.gallery.http.ApiException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Lets pass who is logged in; {@link ApiException} 401 for others. In front of what holds a connection for as long as the
 * visitor likes.
 */
public final class LoggedInFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        User.require(request);
        chain.doFilter(request, response);
    }
}
