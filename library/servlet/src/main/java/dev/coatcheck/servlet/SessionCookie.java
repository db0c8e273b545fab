package dev.coatcheck.servlet;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The cookie that carries a session's id.
 *
 * <p>Over TLS it is {@code __Host-<name>; Path=/; Secure; HttpOnly; SameSite=<sameSite>}: the prefix makes browsers
 * refuse it from any other host, from a plain connection, and with a {@code Domain}. Over plain HTTP to a loopback
 * name it is {@code <name>} without {@code Secure}, because browsers disagree there about the prefix and the flag.
 * Over plain HTTP to any other name browsers do not keep it at all, and nobody can be logged in: use TLS.
 *
 * @param name without the prefix; {@code session} by default
 * @param sameSite on which requests from other sites browsers send it
 */
public record SessionCookie(String name, SameSite sameSite) {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");
    private static final SessionCookie DEFAULTS = new SessionCookie("session", SameSite.LAX);

    /** What a browser does with the cookie on requests that another site caused. */
    public enum SameSite {
        /** Sends it only where a person follows a link, never with a form's POST. */
        LAX,
        /** Never sends it. */
        STRICT,
        /** Always sends it, so the application defends itself against forged requests on its own. */
        NONE;

        String attribute() {
            return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
        }
    }

    public SessionCookie {
        if (!TOKEN.matcher(name).matches() || name.startsWith("__")) {
            throw new IllegalArgumentException(
                    "a cookie's name is up to 64 letters, digits and !#$%&'*+.^_`|~-, here without a prefix: \"" + name
                            + "\"");
        }
    }

    public static SessionCookie defaults() {
        return DEFAULTS;
    }

    public SessionCookie withName(String name) {
        return new SessionCookie(name, sameSite);
    }

    public SessionCookie withSameSite(SameSite sameSite) {
        return new SessionCookie(name, sameSite);
    }
}
