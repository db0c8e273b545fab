package dev.coatcheck.prove.scenario;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** The names that a step may write in double braces: what is always there, what was given, what was captured before it. */
public final class Variables {
    /** The address of the application, without a slash at its end. */
    public static final String BASE_URL = "BASE_URL";

    /** The same as a value in a query has it: {@code http%3A%2F%2Flocalhost}. */
    public static final String BASE_URL_ENCODED = "BASE_URL_ENCODED";

    /** A short text that is new in every run, for names that must not be taken twice. */
    public static final String RUN = "run";

    /** A random UUID, new at every place where it is written. */
    public static final String NEW_UUID = "newUuid";

    /** What a name looks like. */
    public static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,99}");

    private static final Pattern OF_THE_BASE = Pattern.compile(
            "(([_-]|^)?(base|host|url|uri|origin|server|address|root|site|target|app|domain))+",
            Pattern.CASE_INSENSITIVE);

    private final Set<String> aliases = new HashSet<>();
    private boolean captures;
    private final Set<String> known = new LinkedHashSet<>(Set.of(BASE_URL, BASE_URL_ENCODED, RUN, NEW_UUID));

    /** Knows what is always there, and the names of the values given on the command line. */
    public Variables(Collection<String> given) {
        known.addAll(given);
    }

    /**
     * From here on a name that is not known is another one for {@link #BASE_URL}, if its words say so, as those of
     * {@code host} and {@code baseUrl} do. Once something was captured, it rather is a capture that was misspelt.
     */
    void alias(String name) {
        if (!captures && !known.contains(name) && OF_THE_BASE.matcher(name).matches()) {
            aliases.add(name);
        }
    }

    /** The name of the variable that is meant by a name. */
    String meant(String name) {
        return aliases.contains(name) ? BASE_URL : name;
    }

    /** From here on the name is known. */
    public void capture(String name) {
        known.add(name);
        aliases.remove(name);
        captures = true;
    }

    public boolean isKnown(String name) {
        return known.contains(name) || aliases.contains(name);
    }

    /** Whether a name is taken by what is always there. */
    public static boolean isBuiltIn(String name) {
        return Set.of(BASE_URL, BASE_URL_ENCODED, RUN, NEW_UUID).contains(name);
    }

    /** What to tell of a name that is not known. */
    public String unknown(String name) {
        return "the variable '" + name + "' has no value here; known are " + String.join(", ", known)
                + ". Capture it in an earlier step, or give it with --variable " + name + "=VALUE";
    }
}
