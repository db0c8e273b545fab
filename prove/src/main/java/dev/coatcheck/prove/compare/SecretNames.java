package dev.coatcheck.prove.compare;

import java.util.Locale;
import java.util.regex.Pattern;

/** Knows secrets by the names that they go by: of fields, parameters, headers and cookies, in whatever words stand around. */
public final class SecretNames {
    /** Parts of names of what stays as it is from one conversation to the next; for regular expressions of any make. */
    public static final String LASTING =
            "passw(?:or)?d|passwd|passphrase|passcode|pwd|secret|credential" + "|(?:api|access|private)[_-]?key";

    /** Parts of names of what is given in place of a password, likewise. */
    public static final String PASSING = "token|session|authorization|csrf|signature";

    /** Words that mean a password where they stand alone, and not in "passenger" or "shipping". */
    public static final String WHOLE = "pass|pin|otp";

    private static final Pattern PASSWORD = Pattern.compile(LASTING + "|(?<![a-z])(?:" + WHOLE + ")(?![a-z])");
    private static final Pattern INSTEAD = Pattern.compile(PASSING);
    private static final Pattern HUMP = Pattern.compile("(?<=[a-z])(?=[A-Z])");

    private SecretNames() {}

    /** A password, or what is as good as one: it stays what it is from one conversation to the next. */
    public static boolean isPassword(String name) {
        return PASSWORD.matcher(HUMP.matcher(name).replaceAll("_").toLowerCase(Locale.ROOT))
                .find();
    }

    /** A password, or what was given in its place: a token, a session's id. */
    public static boolean givesAccess(String name) {
        return isPassword(name)
                || INSTEAD.matcher(name.toLowerCase(Locale.ROOT)).find();
    }
}
