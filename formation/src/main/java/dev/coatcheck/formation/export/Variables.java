package dev.coatcheck.formation.export;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.Origin;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The variables of an application, parted by whether their values may stand in a file that people commit. What is in the
 * repository already may; what comes from {@code .env} may be a secret and is taken for one, whatever its name, unless
 * somebody says that it is none.
 *
 * @param config names and values to be written out
 * @param secrets names whose values are not, and where the values come from
 */
record Variables(SortedMap<String, String> config, SortedMap<String, Origin> secrets) {
    /** For a value that somebody committed to app.json all the same. */
    private static final Pattern SECRET_NAME = Pattern.compile(
            ".*(SECRET|PASSWORD|PASSWD|PASSPHRASE|TOKEN|PRIVATE|CREDENTIAL|API_?KEY|ACCESS_?KEY|SIGNING_?KEY).*",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern URL_WITH_PASSWORD = Pattern.compile("[^:/?#]+://[^/?#]*:[^/?#]*@.*", Pattern.DOTALL);

    Variables {
        config = Collections.unmodifiableSortedMap(new TreeMap<>(config));
        secrets = Collections.unmodifiableSortedMap(new TreeMap<>(secrets));
    }

    static Variables of(Application application, Set<String> plain) {
        SortedMap<String, String> config = new TreeMap<>();
        SortedMap<String, Origin> secrets = new TreeMap<>();
        application.variables().forEach((name, origin) -> {
            String value = application.environment().get(name);
            if (value != null && (plain.contains(name) || isHarmless(name, value, origin))) {
                config.put(name, value);
            } else {
                secrets.put(name, origin);
            }
        });
        return new Variables(config, secrets);
    }

    /** Changes when a value does that is written out. */
    String digest() {
        return Names.digest(config.toString());
    }

    private static boolean isHarmless(String name, String value, Origin origin) {
        return switch (origin) {
            case APP_JSON ->
                !SECRET_NAME.matcher(name).matches()
                        && !URL_WITH_PASSWORD.matcher(value).matches();
            case OUTSIDE -> value.isEmpty();
            case GENERATED, SERVICE, NOWHERE -> false;
        };
    }
}
