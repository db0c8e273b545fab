package dev.coatcheck.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;

/**
 * Reads what a client is still sending when the application has answered, and throws it away, so that the client sees the
 * answer. Most clients, browsers among them, read no answer before they have sent the whole body; a container that has an
 * answer for a body that nobody read, or is to read, closes the connection, and what the client sees of a 401, 413 or 429
 * is a connection that was reset.
 *
 * <p>Put it outside of what may refuse a body: log-ins, limits, {@link IdempotencyFilter}, servlets.
 *
 * <p>What is read is bounded, since who was refused may send for ever: then the connection is the container's, as without
 * this filter. The bound on time is looked at whenever something came, so that a client which sends nothing is given up by
 * the container's own idle time-out. Nothing is read of an asynchronous request, after a change of protocol, and where a
 * client asked for permission to send ({@code Expect: 100-continue}) and nobody wanted the body. (Tomcat gives that
 * permission before anybody is asked, unless its connector has {@code continueResponseTiming="onRead"}.)
 *
 * <p>Cost: the time and the network that the rest of the body takes; memory for one buffer; nothing where the body was
 * read. Thread-safe.
 *
 * <pre>{@code
 * new RestOfBodyFilter(64 << 20, Duration.ofSeconds(30)).addTo(servletContext);
 * }</pre>
 */
public final class RestOfBodyFilter implements Filter {
    private final long maxBytes;
    private final Duration maxTime;

    /**
     * @param maxBytes how much is read of one body
     * @param maxTime for how long
     */
    public RestOfBodyFilter(long maxBytes, Duration maxTime) {
        if (maxBytes < 1 || !maxTime.isPositive()) {
            throw new IllegalArgumentException(
                    "the rest of a body is read as far as some bytes and for some time, not %d bytes and %s"
                            .formatted(maxBytes, maxTime));
        }
        this.maxBytes = maxBytes;
        this.maxTime = maxTime;
    }

    /** Maps this filter to all requests of an application that is starting, inside what was mapped before. */
    public void addTo(ServletContext context) {
        var registration = context.addFilter(RestOfBodyFilter.class.getName(), this);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getDispatcherType() != DispatcherType.REQUEST
                || !(request instanceof HttpServletRequest http)
                || !(response instanceof HttpServletResponse httpResponse)) {
            chain.doFilter(request, response);
            return;
        }
        var watched = new WatchedBodyRequest(http);
        try {
            chain.doFilter(watched, response);
        } finally {
            // The container told who waits for permission to go on, when somebody wanted the body.
            boolean comes = http.getHeader("Expect") == null || watched.isBodyWanted();
            if (comes
                    && !request.isAsyncStarted()
                    && httpResponse.getStatus() != HttpServletResponse.SC_SWITCHING_PROTOCOLS) {
                discard(watched);
            }
        }
    }

    private void discard(WatchedBodyRequest request) {
        long begun = System.nanoTime();
        long left = maxBytes;
        try {
            var rest = request.rest();
            for (long read = 0; read >= 0 && left > 0; read = rest.next()) {
                left -= read;
                if (System.nanoTime() - begun > maxTime.toNanos()) {
                    return;
                }
            }
        } catch (IOException e) {
            // Then it will not read the answer either, and the container closes the connection.
        }
    }
}
