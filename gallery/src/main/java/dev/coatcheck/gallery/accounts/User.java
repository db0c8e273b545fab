package dev.coatcheck.gallery.accounts;

import dev.coatcheck.gallery.http.ApiException;
import dev.coatcheck.servlet.SessionUser;
import dev.coatcheck.state.channels.Channels;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.UUID;

/**
 * Who is logged in, as the session knows it: one read of the session, and none of the database.
 *
 * @param id of the account
 */
public record User(UUID id, String email) {
    private static final String EMAIL = "email";

    /** Logs in: what the session holds is all that any instance needs to know the user. */
    static void logIn(HttpServletRequest request, Account account, Channels channels) {
        of(request).filter(other -> !other.id().equals(account.id())).ifPresent(other -> {
            // Somebody else's session is not continued: what it holds is theirs, and so is what its pages listen to.
            var device = SessionUser.device(request);
            Listening.endWith(() -> device.ifPresent(channels::revokeSession), request.getSession()::invalidate);
        });
        request.getSession().setAttribute(EMAIL, account.email());
        SessionUser.logIn(request, account.id().toString());
    }

    static Optional<User> of(HttpServletRequest request) {
        var session = request.getSession(false);
        return session != null && session.getAttribute(EMAIL) instanceof String email
                ? SessionUser.of(request).map(id -> new User(UUID.fromString(id), email))
                : Optional.empty();
    }

    /**
     * Who is logged in.
     *
     * @throws ApiException 401 where nobody is
     */
    public static User require(HttpServletRequest request) {
        return of(request).orElseThrow(ApiException::notLoggedIn);
    }
}
