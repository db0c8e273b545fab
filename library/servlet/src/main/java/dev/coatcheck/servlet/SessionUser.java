package dev.coatcheck.servlet;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.SessionId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Whose session it is: what {@code HttpSession} has no words for. Works on requests that passed a
 * {@link SessionFilter}.
 *
 * <p>Every method throws {@link BackingServiceException} where the store cannot be reached, which the filter answers
 * with 503.
 *
 * <pre>{@code
 * if (passwords.match(email, password)) {
 *     SessionUser.logIn(request, email);
 * }
 * // any later request, on any instance
 * var user = SessionUser.of(request).orElseThrow(NotLoggedIn::new);
 * }</pre>
 */
public final class SessionUser {
    private SessionUser() {}

    /**
     * Makes the session a user's: begins one where there is none, gives it a new id (one that an attacker planted
     * before is then worth nothing), and names it in the user's list of devices after the browser. One round trip,
     * which saves the session too, and one to read it where the visitor had one.
     *
     * @throws IllegalStateException where the response is committed
     */
    public static void logIn(HttpServletRequest request, String user) {
        RequestSession.of(request).logIn(user, DeviceLabel.of(request.getHeader("User-Agent")));
    }

    /** Who is logged in. One round trip where nobody has asked for the session yet. */
    public static Optional<String> of(HttpServletRequest request) {
        var session = RequestSession.of(request).find();
        return session == null ? Optional.empty() : session.user();
    }

    /** The {@link Device#handle()} of this request's session, to mark it in the list. */
    public static Optional<String> device(HttpServletRequest request) {
        return Optional.ofNullable(RequestSession.of(request).find())
                .map(SessionView::id)
                .map(SessionId::handle);
    }

    /**
     * A question for later, when this request may be over: whether its session is still there and still the same user's.
     * One round trip each time; none, and true, where there was no session.
     */
    public static BooleanSupplier validity(HttpServletRequest request) {
        return RequestSession.of(request).validity();
    }

    /** Where the user is logged in, newest first; empty where nobody is. One more round trip, or two. */
    public static List<Device> devices(HttpServletRequest request) {
        return of(request).map(user -> RequestSession.of(request).devices(user)).orElse(List.of());
    }

    /**
     * Ends one of the user's sessions, this one included.
     *
     * @param device a {@link Device#handle()}
     * @return whether the user had such a session
     */
    public static boolean revoke(HttpServletRequest request, String device) {
        return of(request)
                .map(user -> RequestSession.of(request).revoke(user, device))
                .orElse(false);
    }

    /**
     * Ends all of the user's sessions, this one included: "log out everywhere".
     *
     * @return how many there were
     */
    public static int logOutEverywhere(HttpServletRequest request) {
        return of(request)
                .map(user -> RequestSession.of(request).revokeAll(user))
                .orElse(0);
    }
}
