package dev.coatcheck.servlet;

import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Backs {@link HttpSession} with {@link Sessions}, so that an application written to the standard keeps no session in
 * its process and any other process can answer the visitor's next request.
 *
 * <p>Put it first, before every filter that asks for a session, for all kinds of dispatch
 * ({@link #addTo(ServletContext)} does), and leave the container's own sessions off.
 *
 * <p>Guarantees:
 *
 * <ul>
 *   <li>A request that never asks for its session costs nothing. One that reads it costs one round trip. One that
 *       changes it costs one more, whatever it changes, carrying only the attributes that changed; a value that was
 *       taken out and altered counts as changed. {@code changeSessionId()} and {@code invalidate()} act at once, with
 *       one round trip each.
 *   <li>Everything is saved before the response is committed, so the visitor's next request finds it on any instance.
 *       What is changed after that is saved at the end of the request.
 *   <li>Where the store cannot be asked, the answer is 503 with {@code Retry-After}, never a silent new session; also
 *       where the store fails at saving, whatever the application answered. (An application that catches
 *       {@link dev.coatcheck.state.BackingServiceException} from {@code getSession()} answers for itself.)
 *   <li>Two requests of one session at the same time, in one process or in two, each see it as it was when they first
 *       asked. Changes of different attributes both survive; of the same attribute the later wins. A session that one
 *       of them ended stays ended. Where one of them gave the session a new id, by {@code changeSessionId()} or a log-in,
 *       the others may still read it for a short while, but what they change from then on is dropped, and told in the log.
 *   <li>Values are kept as JSON. Text, numbers, truth values, the usual types of {@code java.time}, {@code UUID},
 *       {@code URI}, {@code byte[]}, and lists, sets and maps of these can be kept as they are; other types after
 *       {@link SessionFilterSettings#withTypes}. {@code setAttribute} refuses any other value with an
 *       {@link IllegalArgumentException} that names the attribute and the type. An attribute that this release cannot
 *       read is left out and {@linkplain #unreadableAttributes() counted}, and stays in the store for the release that
 *       can.
 * </ul>
 *
 * <p>What differs from a session in memory, and what to do:
 *
 * <ul>
 *   <li>The object from {@code getAttribute} is the same for one request only; the next request gets an equal one. A
 *       list comes back as an {@code ArrayList}, a set as a {@code LinkedHashSet}, a map as a {@code LinkedHashMap}.
 *   <li>What a thread does to the session after the request has ended is not saved: do it within the request, or
 *       through {@link Sessions}.
 *   <li>{@code getId()} names the session and opens nothing; it may be logged. The cookie's value is elsewhere.
 *   <li>Listeners registered with the container hear nothing, since a filter cannot find them: give them to
 *       {@link SessionFilterSettings#withListener}. They hear what this process does, so {@code sessionDestroyed} tells
 *       of {@code invalidate()} and not of a session that expired in the store, when no process may be there to tell.
 *       Clean up by age from a job instead. {@code HttpSessionActivationListener} is not called.
 *   <li>Session ids are never put into URLs.
 *   <li>{@code setMaxInactiveInterval(0)} or less lasts until the store's absolute time-out.
 * </ul>
 *
 * <p>Thread-safe.
 *
 * <pre>{@code
 * var redis = Redis.attach(url);
 * var filter = new SessionFilter(
 *         redis.sessions(SessionSettings.defaults()), SessionFilterSettings.defaults().withTypes(Cart.class));
 * filter.addTo(servletContext);
 * }</pre>
 */
public final class SessionFilter implements Filter {
    private final SessionBacking backing;
    private final SessionFilterSettings settings;

    public SessionFilter(Sessions sessions, SessionFilterSettings settings) {
        this(SessionBacking.of(sessions, settings), settings);
    }

    private SessionFilter(SessionBacking backing, SessionFilterSettings settings) {
        this.backing = backing;
        this.settings = settings;
    }

    /**
     * Sessions that need no store: each visitor carries their own in the cookie, encrypted and authenticated
     * (AES-256-GCM), and whoever holds the keys can read it. Every answer to a request that changed the session, and some
     * to requests that read it, send it anew.
     *
     * <p>What it cannot do, because nobody but the visitor knows which cookie is the latest:
     *
     * <ul>
     *   <li>End a session. {@code invalidate()} makes the browser forget the cookie; whoever kept a copy can go on with it
     *       until its time-outs, so keep these short. A visitor can also go back to an earlier cookie of their own: keep
     *       nothing in it that may be spent once, such as a voucher or a number of attempts.
     *   <li>Merge. Of two requests at the same time the answer that arrives last has its session kept, whole.
     *   <li>List a user's sessions or revoke them: {@link SessionUser}'s methods for that throw
     *       {@link UnsupportedOperationException}.
     *   <li>Hold much. A browser takes 4 KiB for a cookie, of which some 2.8 KiB are left for attributes; more is an error,
     *       and the session stays as it was.
     *   <li>Change after the response is committed: such changes are lost, and told in the log as an error.
     *   <li>Outlive the loss of the answer that carried the change: a repeated request to which {@link IdempotencyFilter}
     *       gives the answer again does not get the cookie again.
     * </ul>
     *
     * <p>Time is that of each process, so their clocks have to agree. A cookie that a newer release sealed in a format of
     * its own is no session to this one. No round trips, no outages.
     *
     * @param sessions time-outs and size; the grace after a rotation means nothing here
     */
    public static SessionFilter sealed(SealingKeys keys, SessionSettings sessions, SessionFilterSettings settings) {
        return sealed(keys, sessions, settings, InstantSource.system());
    }

    static SessionFilter sealed(
            SealingKeys keys, SessionSettings sessions, SessionFilterSettings settings, InstantSource clock) {
        return new SessionFilter(SessionBacking.sealed(keys, sessions, settings, clock), settings);
    }

    /** Maps this filter to everything in an application that is starting. */
    public void addTo(ServletContext context) {
        var registration = context.addFilter(SessionFilter.class.getName(), this);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
    }

    /**
     * What the sessions behind this filter promise, as their store can hold it. An application that is to run on every
     * store asks for {@link SessionCapability#DEVICES} before it shows where a user is logged in.
     */
    public Set<SessionCapability> capabilities() {
        return backing.capabilities();
    }

    /** How often an attribute could not be read and was left out, since this process started. */
    public long unreadableAttributes() {
        return backing.unreadable().count();
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http && response instanceof HttpServletResponse httpResponse)) {
            chain.doFilter(request, response);
            return;
        }
        var outer = outerPass(request);
        if (outer == null) {
            var session = RequestSession.of(backing, http, httpResponse);
            var wrapped = new SessionResponse(httpResponse, session, settings.retryAfter());
            run(chain, new SessionRequest(http, session, wrapped), wrapped, wrapped);
        } else if (request.getDispatcherType() == DispatcherType.INCLUDE) {
            chain.doFilter(request, response);
        } else {
            // Also at the end of a forward: when it returns, the container closes the response.
            switch (request.getDispatcherType()) {
                case ASYNC -> outer.response().holdAgain();
                case FORWARD -> outer.response().forget();
                case REQUEST, INCLUDE, ERROR -> {}
            }
            run(chain, request, response, outer.response());
        }
    }

    private static void run(
            FilterChain chain, ServletRequest request, ServletResponse response, SessionResponse wrapped)
            throws IOException, ServletException {
        try {
            chain.doFilter(request, response);
        } catch (IOException | ServletException | RuntimeException e) {
            if (wrapped.refuseOutage(e)) {
                return;
            }
            wrapped.abandon();
            throw e;
        }
        if (!request.isAsyncStarted()) {
            wrapped.finish();
        }
    }

    /** This filter's own wrapper, where the request already passed it. */
    private static @Nullable SessionRequest outerPass(ServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            if (wrapper instanceof SessionRequest ours) {
                return ours;
            }
            inner = wrapper.getRequest();
        }
        return null;
    }
}
