package dev.coatcheck.servlet;

import dev.coatcheck.process.health.HealthEndpoints;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Serves {@link HealthEndpoints} in an application's own web server: map it to {@link HealthEndpoints#LIVE},
 * {@link HealthEndpoints#READY} and {@link HealthEndpoints#METRICS}, and let no router show the last to strangers.
 *
 * <pre>{@code
 * context.addServlet("health", new HealthServlet(endpoints)).addMapping(HealthServlet.paths());
 * }</pre>
 */
public final class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient HealthEndpoints endpoints;

    public HealthServlet(HealthEndpoints endpoints) {
        this.endpoints = endpoints;
    }

    /** What to map this to. */
    public static String[] paths() {
        return new String[] {HealthEndpoints.LIVE, HealthEndpoints.READY, HealthEndpoints.METRICS};
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var answer = endpoints.answer(request.getServletPath());
        if (answer.isEmpty()) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        var body = answer.get().body().getBytes(StandardCharsets.UTF_8);
        response.setStatus(answer.get().status());
        response.setContentType(answer.get().contentType());
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
