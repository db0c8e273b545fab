package dev.coatcheck.servlet;

import dev.coatcheck.process.logs.Logs;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * Ties the log lines of one request together: puts the {@code X-Request-Id} that the router gave it, or a new one, into
 * the field {@link Logs#REQUEST_ID} of every line that the request's own thread logs. Put it outermost.
 */
public final class RequestIdFilter implements Filter {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        MDC.put(Logs.REQUEST_ID, id(request));
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(Logs.REQUEST_ID);
        }
    }

    private static String id(ServletRequest request) {
        var sent = request instanceof HttpServletRequest http ? http.getHeader("X-Request-Id") : null;
        return sent != null && ID.matcher(sent).matches()
                ? sent
                : UUID.randomUUID().toString();
    }
}
