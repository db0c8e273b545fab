package dev.coatcheck.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.util.List;

/**
 * Several filters as one.
 *
 * @param filters from the outside in
 */
record FilterStack(List<Filter> filters) implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        from(0, chain).doFilter(request, response);
    }

    private FilterChain from(int index, FilterChain chain) {
        return index == filters.size()
                ? chain
                : (request, response) -> filters.get(index).doFilter(request, response, from(index + 1, chain));
    }
}
