package dev.coatcheck.process.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** How a value is shown to people: in one short line, and without what might be a password. */
final class Shown {
    private static final int LIMIT = 200;

    // Up to the LAST at sign, because a password with a stray '@' or '/' is exactly what makes a URL malformed.
    private static final Pattern USER = Pattern.compile("^([^:@/?]*:(?://)?)?.*@", Pattern.DOTALL);

    private static final Pattern USER_WITHIN = Pattern.compile("://\\S*@");

    // Where the host was forgotten: what follows the colon is no TCP port.
    private static final Pattern USER_ALONE = Pattern.compile("(://[^:/@]*:)(?!\\d{1,5}(?:[/?#]|$)).*", Pattern.DOTALL);

    private static final Pattern PARAMETER = Pattern.compile(
            "([?&;][^=&;]*(?:pass|pwd|secret|token|key|credential|signature|auth)[^=&;]*=)[^&;\\s]*",
            Pattern.CASE_INSENSITIVE);

    private Shown() {}

    /** The value of a variable. */
    static String value(Format format, String text) {
        if (format.secret()) {
            return Secret.SHOWN;
        }
        var masked = USER.matcher(text).replaceFirst("$1" + Secret.SHOWN + "@");
        masked = USER_ALONE.matcher(masked).replaceFirst("$1" + Secret.SHOWN);
        return '"' + plain(withoutParameters(masked)) + '"';
    }

    /** Words of the program's own, which may quote a value. */
    static String message(String text) {
        return plain(withoutParameters(USER_WITHIN.matcher(text).replaceAll("://" + Secret.SHOWN + "@")));
    }

    /**
     * The path in a {@code NAME_FILE}, which some set to the secret itself: only what is absolute or leads to something is
     * taken for a path.
     */
    static String path(String location) {
        try {
            var path = Path.of(location);
            if (path.isAbsolute() || Files.exists(path)) {
                return plain(location);
            }
        } catch (InvalidPathException none) {
            // Not shown either.
        }
        return "a path (not shown, since it may be the secret itself)";
    }

    /** {@code failed} with its words as {@link #message} shows them: those of a source may quote what it was given. */
    static SecretException fit(SecretException failed) {
        return new SecretException(
                message(String.valueOf(failed.getMessage())),
                failed.advice().stream().map(Shown::message).toArray(String[]::new));
    }

    private static String withoutParameters(String text) {
        return PARAMETER.matcher(text).replaceAll("$1" + Secret.SHOWN);
    }

    /** {@code text} without control characters, and cut where it is long. */
    static String plain(String text) {
        var line = text.replaceAll("\\p{Cntrl}|[\\u0080-\\u009f\\u2028\\u2029]", "?");
        return line.length() <= LIMIT ? line : line.substring(0, LIMIT) + "…";
    }
}
