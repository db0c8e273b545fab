package dev.coatcheck.formation.application;

import java.util.regex.Pattern;

/** A path that can be put into a request line as it is. */
final class RequestPath {
    static final String EXPECTED = "must be a path such as /health/ready: it begins with '/' and holds no spaces";

    private static final Pattern VALID = Pattern.compile("/[\\x21-\\x7e&&[^#\"<>\\\\^`{|}]]*");

    private RequestPath() {}

    static boolean isValid(String path) {
        return VALID.matcher(path).matches();
    }
}
