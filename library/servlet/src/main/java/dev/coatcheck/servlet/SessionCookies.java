package dev.coatcheck.servlet;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads and writes the cookie that carries a session's id, or the session itself. */
final class SessionCookies {
    private static final Pattern LOOPBACK = Pattern.compile("localhost|.+\\.localhost|127(\\.\\d{1,3}){3}|\\[?::1]?");

    private final SessionCookie cookie;
    private final boolean trustForwardedProto;

    SessionCookies(SessionCookie cookie, boolean trustForwardedProto) {
        this.cookie = cookie;
        this.trustForwardedProto = trustForwardedProto;
    }

    /**
     * What the visitor's cookie holds. Two cookies of the name are none: one of them was planted, and there is no telling
     * which.
     */
    Optional<String> read(HttpServletRequest request) {
        var values = values(request);
        return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
    }

    void write(HttpServletRequest request, HttpServletResponse response, String value) {
        response.addHeader("Set-Cookie", line(request, value, ""));
    }

    /** Makes the visitor forget the cookie, where one was sent. */
    void clear(HttpServletRequest request, HttpServletResponse response) {
        if (!values(request).isEmpty()) {
            response.addHeader("Set-Cookie", line(request, "", "; Max-Age=0"));
        }
    }

    private List<String> values(HttpServletRequest request) {
        var cookies = request.getCookies();
        if (cookies == null) {
            return List.of();
        }
        var name = name(request);
        return Arrays.stream(cookies)
                .filter(sent -> name.equals(sent.getName()))
                .map(Cookie::getValue)
                .toList();
    }

    private String line(HttpServletRequest request, String value, String age) {
        return name(request) + "=" + value + age + "; Path=/" + (isPlainLoopback(request) ? "" : "; Secure")
                + "; HttpOnly; SameSite=" + cookie.sameSite().attribute();
    }

    /** The cookie's name on this request's kind of connection. */
    String name(HttpServletRequest request) {
        return isPlainLoopback(request) ? cookie.name() : "__Host-" + cookie.name();
    }

    private boolean isPlainLoopback(HttpServletRequest request) {
        return !isSecure(request)
                && LOOPBACK.matcher(request.getServerName().toLowerCase(Locale.ROOT))
                        .matches();
    }

    private boolean isSecure(HttpServletRequest request) {
        var forwarded = trustForwardedProto ? request.getHeader("X-Forwarded-Proto") : null;
        return forwarded == null ? request.isSecure() : forwarded.strip().equalsIgnoreCase("https");
    }
}
