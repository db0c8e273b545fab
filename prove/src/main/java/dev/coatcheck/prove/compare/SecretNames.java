package dev.coatcheck.prove.compare;

import java.util.Locale;
import java.util.regex.Pattern;

/** Knows secrets by the names that they go by: of fields, parameters, headers and cookies, in whatever words stand around. */
public final class SecretNames {
    private static final Pattern LASTING =
            Pattern.compile("pass(w|phrase|code|$|[ _'.-])|pwd|secret|credential|api[_-]?key|\\b(pin|otp)\\b");

    private static final Pattern PASSING = Pattern.compile("token|session|authorization");

    private SecretNames() {}

    /** A password, or what is as good as one: it stays what it is from one conversation to the next. */
    public static boolean isPassword(String name) {
        return LASTING.matcher(name.toLowerCase(Locale.ROOT)).find();
    }

    /** A password, or what was given in its place: a token, a session's id. */
    static boolean givesAccess(String name) {
        return isPassword(name)
                || PASSING.matcher(name.toLowerCase(Locale.ROOT)).find();
    }
}
