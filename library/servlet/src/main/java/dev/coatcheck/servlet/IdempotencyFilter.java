package dev.coatcheck.servlet;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.idempotency.Claim;
import dev.coatcheck.state.idempotency.ClaimResult;
import dev.coatcheck.state.idempotency.Idempotency;
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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Runs a request that carries an {@code Idempotency-Key} once, however often it is sent and whichever instance it meets:
 * the first answer is kept outside the process and given again, with {@code Idempotent-Replayed: true}
 * (draft-ietf-httpapi-idempotency-key-header).
 *
 * <p>Put it inside the {@link SessionFilter} and what else finds out who the user is, for all kinds of dispatch
 * ({@link #addTo(ServletContext)} does).
 *
 * <p>What is answered without running the request, each as JSON with a code and a message:
 *
 * <ul>
 *   <li>400 where the key is missing and required, or is none; 413 where the body is too large to be compared.
 *   <li>409 with {@code Retry-After} where the same request is being worked on; 422 where the key came before with another
 *       method, path, query or body. A key is its user's own.
 *   <li>409 where it was run, and its answer was too large to be kept or was written without blocking.
 *   <li>503 with {@code Retry-After} where the store cannot be asked, unless the settings say otherwise.
 * </ul>
 *
 * <p>Guarantees: an answer is kept before the client can have the whole of it, so that it finds it again. Answers of 500
 * and more, and whatever fails with an exception, are not kept: the request may be run again at once. However long a
 * request takes, it is not run beside itself, since its claim is renewed meanwhile. Where the process dies in the middle,
 * or an asynchronous request ends without being completed by the application, it may be run again when the lease of its
 * claim has ended; so may one during which the process was stopped, or the store was away, for longer than the lease. What
 * must not happen twice even then is done in one transaction with the recording: see the port, and its adapter on
 * PostgreSQL.
 *
 * <p>Answers are held until they are whole, whatever is flushed in between; those that grow too large pass through from
 * then on. Request bodies are held too, but for {@code multipart/form-data}, of which only the length is compared.
 *
 * <p>Cost: a request without a key costs nothing; one with a key two round trips, one where it was run before; one more
 * for each third of the lease that it takes. Thread-safe.
 *
 * <pre>{@code
 * var idempotency = postgres.idempotency(IdempotencySettings.defaults());
 * new IdempotencyFilter(idempotency, IdempotencyFilterSettings.forUser(SessionUser::of)).addTo(servletContext);
 * }</pre>
 */
public final class IdempotencyFilter implements Filter {
    private static final System.Logger LOG = System.getLogger(IdempotencyFilter.class.getName());

    private final Idempotency idempotency;
    private final IdempotencyFilterSettings settings;

    public IdempotencyFilter(Idempotency idempotency, IdempotencyFilterSettings settings) {
        this.idempotency = idempotency;
        this.settings = settings;
    }

    /** Maps this filter to everything in an application that is starting, inside what was mapped before. */
    public void addTo(ServletContext context) {
        var registration = context.addFilter(IdempotencyFilter.class.getName(), this);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, "/*");
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var outer = outerPass(request);
        if (outer != null && request.getDispatcherType() == DispatcherType.FORWARD) {
            outer.response().forget();
            chain.doFilter(request, response);
            outer.response().finishForward();
        } else if (outer != null && request.getDispatcherType() != DispatcherType.INCLUDE) {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                outer.response().async(false);
            }
            run(chain, request, response, outer.response());
        } else if (outer == null
                && request.getDispatcherType() == DispatcherType.REQUEST
                && request instanceof HttpServletRequest http
                && response instanceof HttpServletResponse httpResponse
                && settings.methods().contains(http.getMethod())) {
            switch (IdempotencyKey.of(http)) {
                case IdempotencyKey.Given(var key) -> once(key, http, httpResponse, chain);
                case IdempotencyKey.Invalid() -> refuse(IdempotencyRefusal.KEY_INVALID, httpResponse);
                case IdempotencyKey.Absent() -> {
                    if (settings.required()) {
                        refuse(IdempotencyRefusal.KEY_REQUIRED, httpResponse);
                    } else {
                        chain.doFilter(request, response);
                    }
                }
            }
        } else {
            chain.doFilter(request, response);
        }
    }

    private void once(String key, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (isMultipart(request)) {
            var length = Long.toString(request.getContentLengthLong()).getBytes(StandardCharsets.US_ASCII);
            once(key, RequestFingerprint.of(request, length), request, response, chain);
            return;
        }
        var body = request.getInputStream().readNBytes(settings.maxRequestBytes() + 1);
        if (body.length > settings.maxRequestBytes()) {
            refuse(IdempotencyRefusal.BODY_TOO_LARGE, response);
        } else {
            once(key, RequestFingerprint.of(request, body), new RereadRequest(request, body), response, chain);
        }
    }

    private void once(
            String key, String fingerprint, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var user = settings.user().apply(request);
        ClaimResult result;
        try {
            result = idempotency.claim(RequestFingerprint.ofKey(key, user), fingerprint);
        } catch (BackingServiceException e) {
            withoutStore(e, request, response, chain);
            return;
        }
        switch (result) {
            case ClaimResult.Claimed(var claim) -> run(chain, request, response, claim);
            case ClaimResult.Completed(var kept) -> give(kept, response);
            case ClaimResult.InProgress(var atMost) -> refuse(IdempotencyRefusal.IN_PROGRESS, response);
            case ClaimResult.Mismatch() -> refuse(IdempotencyRefusal.KEY_REUSED, response);
        }
    }

    private void run(FilterChain chain, HttpServletRequest request, HttpServletResponse response, Claim claim)
            throws IOException, ServletException {
        var keeping =
                new KeepingResponse(response, idempotency, settings, claim, ClaimRenewal.begin(idempotency, claim));
        run(chain, new RepeatableRequest(request, keeping), keeping, keeping);
    }

    private static void run(
            FilterChain chain, ServletRequest request, ServletResponse response, KeepingResponse keeping)
            throws IOException, ServletException {
        try {
            chain.doFilter(request, response);
        } catch (IOException | ServletException | RuntimeException | Error e) {
            if (!keeping.isAsync()) {
                keeping.abandon();
            }
            throw e;
        }
        if (!keeping.isAsync()) {
            keeping.finish();
        }
    }

    private void withoutStore(
            BackingServiceException outage, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        LOG.log(
                WARNING,
                "{0} {1} is {2}: {3}",
                request.getMethod(),
                request.getRequestURI(),
                settings.runsWithoutStore() ? "run although it may be run again" : "answered with 503",
                outage.getMessage());
        if (settings.runsWithoutStore()) {
            chain.doFilter(request, response);
        } else {
            refuse(IdempotencyRefusal.STORE_UNAVAILABLE, response);
        }
    }

    private void give(String kept, HttpServletResponse response) throws IOException {
        KeptAnswer answer;
        try {
            answer = KeptAnswerJson.read(kept);
        } catch (IllegalArgumentException e) {
            LOG.log(ERROR, "an answer that was kept cannot be given", e);
            refuse(IdempotencyRefusal.STORE_UNAVAILABLE, response);
            return;
        }
        switch (answer) {
            case KeptAnswer.Whole whole -> whole.give(response);
            case KeptAnswer.ErrorPage error -> error.give(response);
            case KeptAnswer.NotKept() -> refuse(IdempotencyRefusal.ANSWER_NOT_KEPT, response);
        }
    }

    private void refuse(IdempotencyRefusal refusal, HttpServletResponse response) throws IOException {
        refusal.answer(response, settings.retryAfter());
    }

    private static boolean isMultipart(HttpServletRequest request) {
        var type = request.getContentType();
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data");
    }

    /** This filter's own wrapper, where the request already passed it. */
    private static @Nullable RepeatableRequest outerPass(ServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            if (wrapper instanceof RepeatableRequest ours) {
                return ours;
            }
            inner = wrapper.getRequest();
        }
        return null;
    }
}
