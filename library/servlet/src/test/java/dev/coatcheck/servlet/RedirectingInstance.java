package dev.coatcheck.servlet;

import dev.coatcheck.contracts.idempotency.InMemoryIdempotency;
import dev.coatcheck.contracts.sessions.InMemorySessions;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.sessions.SessionSettings;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Logs people in with a redirect, in the Tomcat of its class path; says where it serves, and goes on until it is killed. */
final class RedirectingInstance {
    private RedirectingInstance() {}

    public static void main(String[] args) throws IOException {
        var sessions = new SessionFilter(
                new InMemorySessions(SessionSettings.defaults(), InstantSource.system()),
                SessionFilterSettings.defaults());
        var idempotency = new IdempotencyFilter(
                new InMemoryIdempotency(IdempotencySettings.defaults(), InstantSource.system()),
                IdempotencyFilterSettings.forUser(request -> Optional.of("ada")));
        try (var server = TomcatServer.start(new FilterStack(List.of(sessions, idempotency)), pages())) {
            System.out.println(server.uri());
            System.in.read();
        }
    }

    private static Map<String, Page> pages() {
        return Map.of(
                "/login",
                (request, response) -> {
                    SessionUser.logIn(request, "ada@example.org");
                    response.sendRedirect("/me");
                },
                "/me",
                (request, response) ->
                        response.getWriter().print(SessionUser.of(request).orElse("nobody")),
                "/container",
                (request, response) -> response.getWriter()
                        .print(request.getServletContext().getMajorVersion() + "."
                                + request.getServletContext().getMinorVersion()));
    }
}
