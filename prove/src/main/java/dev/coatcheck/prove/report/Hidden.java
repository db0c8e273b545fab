package dev.coatcheck.prove.report;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.coatcheck.prove.compare.SecretNames;
import java.util.List;

/**
 * Takes out of a line what gives access to something: passwords, tokens, cookies. It recognises them by the names they
 * go by, so it is a second net below whoever shortens values, and not the first.
 */
final class Hidden {
    /** What is shown in a secret's place. */
    static final String MASK = "***";

    /** With what may stand around it in the name of a field, as in {@code user[pass]}. */
    private static final String NAME = "(?:[\\w.\\[\\]-]*(?:" + SecretNames.LASTING + "|" + SecretNames.PASSING
            + ")[\\w.\\[\\]-]*|(?:[\\w.\\[-]*[_.\\[-])?(?:" + SecretNames.WHOLE + ")[0-9]*\\]?)";

    /** One that is the name of a variable and nothing else says nothing. */
    private static final String VALUE =
            "(?:(?:[^\\s&;'\",)}{]|\\{[^\\s&;'\",)}{])[^\\s&;'\",)}]*" + "|\\{\\{[^{}]*\\}\\}[^\\s&;'\",)}]+)";

    private static final List<Pattern> SECRETS = List.of(
            // Cookie: a=b; c=d   Set-Cookie: …   Authorization: Bearer …   to the closing quote or the end
            Pattern.compile("(?i)(\\b(?:set-cookie2?|cookie|(?:proxy-)?authorization|x-api-key|x-auth-token)\\s*:\\s*)"
                    + "[^'\"\\n]+"),
            Pattern.compile("(?i)(\\bbearer\\s+)[\\w.~+/=-]{8,}"),
            // "password": "…" in JSON, and the same in JSON that is a string of JSON
            Pattern.compile("(?i)(\"" + NAME + "\"\\s*:\\s*\")(?:[^\"\\\\]|\\\\.)*"),
            Pattern.compile("(?i)(\\\\\"" + NAME + "\\\\\"\\s*:\\s*\\\\\")(?:[^\"\\\\]|\\\\[^\"])*"),
            Pattern.compile("(?i)(\\\\?\"" + NAME + "\\\\?\"\\s*:\\s*)-?[0-9][\\w.+-]*"),
            // password=… in a query, a form, an option, an environment variable; /;jsessionid=…
            Pattern.compile("(?i)((?:^|[\\s?&;'\"{(,-])" + NAME + "=)" + VALUE),
            // --password …
            Pattern.compile("(?i)(--" + NAME + "\\s+)[^\\s'\"-][^\\s'\"]*"),
            // user:password@host
            Pattern.compile("(?i)(\\b[a-z][a-z0-9+.-]*://[^\\s/:@]*:)[^\\s/@]+@"));

    private Hidden() {}

    /** The text without its secrets; line ends and everything else stay. */
    static String in(String text) {
        String shown = text;
        for (int i = 0; i < SECRETS.size(); i++) {
            Matcher matcher = SECRETS.get(i).matcher(shown);
            shown = matcher.replaceAll("$1" + Matcher.quoteReplacement(MASK) + (i == SECRETS.size() - 1 ? "@" : ""));
        }
        return shown;
    }
}
