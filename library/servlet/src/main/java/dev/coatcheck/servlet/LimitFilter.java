package dev.coatcheck.servlet;

import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.limits.Ask;
import dev.coatcheck.state.limits.Decision;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Decision.Reservation;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
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
import java.util.List;
import java.util.Optional;

/**
 * Lets requests pass as often as limits allow, counted for all instances together. All rules that have a key for a request
 * are asked at once, and spend all or nothing; the rest of the chain runs where all allow it.
 *
 * <p>Clients are told in the form of draft-ietf-httpapi-ratelimit-headers-10: {@code RateLimit-Policy} lists the limits,
 * {@code RateLimit} what is left of the one that has least, and for how many seconds. A request that is refused is a 429
 * with {@code Retry-After} and {@code application/problem+json} that names the limit.
 *
 * <p>Whether requests pass while the store cannot be asked is the {@link OnOutage} that the limits were made with; where
 * that is {@link OnOutage.Closed}, the answer is 503 with {@code Retry-After}.
 *
 * <p>Put it outside of what it protects, and inside of what finds out the keys: a limit for each user inside the
 * {@link SessionFilter}. A request counts once, however often it is dispatched inside.
 *
 * <p>Cost: one round trip, and none for a request without a key or with one that is known to be blocked. Thread-safe.
 *
 * <pre>{@code
 * var limits = redis.limits(new OnOutage.Closed());
 * var logIns = Limit.of("log-in", 10, Duration.ofMinutes(15));
 * new LimitFilter(limits, new LimitRule(logIns, ClientAddress.behind(1))).addTo(servletContext, "/login");
 * }</pre>
 */
public final class LimitFilter implements Filter {
    private static final String SPENT = LimitFilter.class.getName() + ".spent";
    private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(2);
    private static final System.Logger LOG = System.getLogger(LimitFilter.class.getName());

    private final Limits limits;
    private final List<LimitRule> rules;

    /** @param rules one or more, of limits with different names */
    public LimitFilter(Limits limits, LimitRule... rules) {
        this.limits = limits;
        this.rules = List.of(rules);
        long names =
                this.rules.stream().map(rule -> rule.limit().name()).distinct().count();
        if (rules.length == 0 || names < rules.length) {
            throw new IllegalArgumentException("a filter has one or more rules, of limits with different names");
        }
    }

    /** Maps this filter to requests of an application that is starting, inside what was mapped before. */
    public void addTo(ServletContext context, String... urlPatterns) {
        var names =
                String.join(",", rules.stream().map(rule -> rule.limit().name()).toList());
        var registration = context.addFilter(LimitFilter.class.getName() + ":" + names, this);
        if (registration == null) {
            throw new IllegalStateException("there is a filter for the limits " + names + " already");
        }
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, urlPatterns);
    }

    /**
     * Gives back what a request has spent, where it turned out not to count: a log-in that succeeded. One round trip;
     * does nothing for a request that has spent nothing, or was given it back.
     *
     * @throws BackingServiceException where the store cannot be reached and the limits are to be closed then
     */
    public static void refund(HttpServletRequest request) {
        if (request.getAttribute(SPENT) instanceof Spent spent) {
            request.removeAttribute(SPENT);
            for (var one = Optional.of(spent); one.isPresent(); one = one.get().before()) {
                one.get().limits().refund(one.get().reservation());
            }
        }
    }

    /** What filters of a request have spent, each after the one before. */
    private record Spent(Limits limits, Reservation reservation, Optional<Spent> before) {}

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getDispatcherType() == DispatcherType.REQUEST
                && request instanceof HttpServletRequest http
                && response instanceof HttpServletResponse httpResponse) {
            var asks = rules.stream()
                    .map(rule -> rule.askFor(http))
                    .flatMap(Optional::stream)
                    .toList();
            if (!asks.isEmpty() && !pass(asks, http, httpResponse)) {
                return;
            }
        }
        chain.doFilter(request, response);
    }

    private boolean pass(List<Ask> asks, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Decision decision;
        try {
            decision = limits.acquire(asks);
        } catch (BackingServiceException e) {
            LOG.log(WARNING, "{0} is answered with 503: {1}", request.getMethod(), e.getMessage());
            LimitAnswers.storeUnavailable(response, OUTAGE_PAUSE);
            return false;
        }
        return switch (decision) {
            case Allowed allowed -> {
                LimitAnswers.tell(response, asks, allowed);
                var before = request.getAttribute(SPENT) instanceof Spent spent
                        ? Optional.of(spent)
                        : Optional.<Spent>empty();
                request.setAttribute(SPENT, new Spent(limits, allowed.reservation(), before));
                yield true;
            }
            case Limited limited -> {
                LimitAnswers.refuse(response, asks, limited);
                yield false;
            }
        };
    }
}
