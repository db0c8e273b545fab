package dev.coatcheck.gallery.http;

import dev.coatcheck.state.BackingServiceException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what servlets throw into answers. */
final class ErrorFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final Logger log = LoggerFactory.getLogger(ErrorFilter.class);

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            chain.doFilter(request, response);
        } catch (ApiException e) {
            answer(response, e);
        } catch (BackingServiceException e) {
            log.warn("{} {}: {}", request.getMethod(), request.getRequestURI(), e.getMessage());
            answer(
                    response,
                    ApiException.unavailable("Something we depend on is not answering. Please try again in a moment."));
        } catch (ServletException | RuntimeException e) {
            log.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
            answer(response, new ApiException(500, "internal", "Something went wrong on our side."));
        }
    }

    private static void answer(HttpServletResponse response, ApiException error) throws IOException {
        if (response.isCommitted()) {
            // The client has a part of another answer. Breaking the connection is the only way left to say so.
            throw new IOException("failed in the middle of an answer", error);
        }
        response.resetBuffer();
        Json.write(response, error);
    }
}
