package dev.coatcheck.servlet;

import dev.coatcheck.process.lifecycle.Lifecycle;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.OnOutage;
import jakarta.servlet.Filter;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** An instance of an application that has each face which its store serves. */
final class Faces implements AutoCloseable {
    private static final Limit OFTEN = Limit.of("often", 1_000, Duration.ofHours(1));

    private final AtomicInteger payments = new AtomicInteger();
    private final Lifecycle lifecycle = Lifecycle.embedded(Duration.ofSeconds(1));
    private final DrainFilter inFlight = new DrainFilter(lifecycle);
    private final Ports ports;
    private final WebServer server;

    private Faces(Container container, Ports ports) {
        this.ports = ports;
        var filters = new ArrayList<Filter>();
        filters.add(inFlight);
        filters.add(new SessionFilter(ports.sessions(), SessionFilterSettings.defaults()));
        ports.limits().ifPresent(limits -> {
            filters.add(new LimitFilter(limits.apply(new OnOutage.Closed()), by("Closed-For")));
            filters.add(new LimitFilter(limits.apply(new OnOutage.Open()), by("Open-For")));
        });
        ports.idempotency()
                .ifPresent(idempotency -> filters.add(new IdempotencyFilter(
                        idempotency, IdempotencyFilterSettings.forUser(request -> Optional.of("ada")))));
        server = container.start(new FilterStack(filters), pages());
    }

    /** @param ports closed with this */
    static Faces start(Container container, Ports ports) {
        return new Faces(container, ports);
    }

    private static LimitRule by(String header) {
        return new LimitRule(OFTEN, request -> Optional.ofNullable(request.getHeader(header)));
    }

    private Map<String, Page> pages() {
        return Map.of(
                "/login",
                (request, response) -> {
                    SessionUser.logIn(request, "ada@example.org");
                    request.getSession().setAttribute("theme", "dark");
                    response.sendRedirect("/me");
                },
                "/me",
                (request, response) -> {
                    if (SessionUser.of(request).isEmpty()) {
                        response.sendError(401);
                    } else {
                        var theme = request.getSession().getAttribute("theme");
                        response.getWriter().print(SessionUser.of(request).orElseThrow() + " " + theme);
                    }
                },
                "/logout",
                (request, response) -> request.getSession().invalidate(),
                "/plain",
                (request, response) -> response.getWriter().print("plain"),
                "/pay",
                (request, response) -> response.getWriter().print("paid " + payments.incrementAndGet()));
    }

    WebServer server() {
        return server;
    }

    /** Whether its store keeps answers, so that what is asked twice is done once. */
    boolean isIdempotent() {
        return ports.idempotency().isPresent();
    }

    /** How often somebody has paid. */
    int payments() {
        return payments.get();
    }

    /** How many requests are being answered. */
    int inFlight() {
        return inFlight.inFlight();
    }

    /**
     * Something that is asked of one face, and needs the store.
     *
     * @param refusal the code of the answer where the store fails
     */
    record Ask(String what, String refusal, Supplier<HttpResponse<String>> send) {}

    /** What can be asked of all the faces; each time by another visitor but for the one who is known. */
    List<Ask> asks(Visitor known) {
        var asks = new ArrayList<Ask>();
        asks.add(new Ask(
                "who one is", "session_store_unavailable", () -> known.copy().get(server, "/me")));
        asks.add(new Ask("to be logged in", "session_store_unavailable", () -> new Visitor().get(server, "/login")));
        if (ports.limits().isPresent()) {
            asks.add(new Ask("what is limited", "limit_store_unavailable", () -> getPlain("Closed-For")));
        }
        if (isIdempotent()) {
            asks.add(new Ask("to pay", "idempotency_store_unavailable", () -> pay(anybody())));
        }
        return asks;
    }

    /** What is asked of no face, or of one that goes without its store. */
    List<Supplier<HttpResponse<String>>> asksWithoutStore() {
        return List.of(() -> new Visitor().get(server, "/plain"), () -> getPlain("Open-For"));
    }

    HttpResponse<String> pay(String key) {
        return new Visitor().send("POST", server, "/pay", "Idempotency-Key", key);
    }

    private HttpResponse<String> getPlain(String limitHeader) {
        return new Visitor().get(server, "/plain", limitHeader, anybody());
    }

    private static String anybody() {
        return UUID.randomUUID().toString();
    }

    @Override
    public void close() {
        server.close();
        lifecycle.close();
        ports.close();
    }
}
