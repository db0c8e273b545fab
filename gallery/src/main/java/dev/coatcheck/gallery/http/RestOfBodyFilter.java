package dev.coatcheck.gallery.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Reads what a client is still sending when its answer is there, within reason: most read no answer before they are done,
 * and would find the connection broken. A photo that is refused, or that was uploaded before, is such a case.
 */
final class RestOfBodyFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final long MAX_DISCARDED = 64 << 20;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var noting = new NotingRequest(request);
        chain.doFilter(noting, response);
        // Who waits for permission to send a body, and got another answer, does not send it.
        if (request.getHeader("Expect") == null || noting.bodyWanted) {
            discardBody(request);
        }
    }

    /** Notes whether somebody wanted the body: then the container has told the client to go on. */
    private static final class NotingRequest extends HttpServletRequestWrapper {
        private boolean bodyWanted;

        private NotingRequest(HttpServletRequest request) {
            super(request);
        }

        /** The one way in which the gallery reads bodies. */
        @Override
        public ServletInputStream getInputStream() throws IOException {
            bodyWanted = true;
            return super.getInputStream();
        }
    }

    private static void discardBody(HttpServletRequest request) {
        try {
            var body = request.getInputStream();
            var buffer = new byte[16 * 1024];
            long left = MAX_DISCARDED;
            for (int read = 0; read >= 0 && left > 0; read = body.read(buffer)) {
                left -= read;
            }
        } catch (IOException e) {
            // Then it will not read the answer either, and the container closes the connection.
        }
    }
}
