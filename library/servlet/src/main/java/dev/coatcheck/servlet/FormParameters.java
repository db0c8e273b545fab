package dev.coatcheck.servlet;

import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parameters in a body of {@code application/x-www-form-urlencoded} that the container cannot read any more. */
final class FormParameters {
    /** As many as Tomcat allows. */
    private static final int MAX = 1_000;

    private FormParameters() {}

    /**
     * Those of the query, and after them those of the body.
     *
     * @throws IllegalStateException where there are too many, or one is no text, as containers do
     */
    static Map<String, String[]> of(Map<String, String[]> query, String body, Charset charset) {
        var all = new LinkedHashMap<String, List<String>>();
        query.forEach((name, values) -> all.put(name, new ArrayList<>(List.of(values))));
        var pairs = body.split("&", MAX + 1);
        if (pairs.length > MAX) {
            throw new IllegalStateException("a form has more than " + MAX + " fields");
        }
        for (var pair : pairs) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                var name = equals < 0 ? pair : pair.substring(0, equals);
                var value = equals < 0 ? "" : pair.substring(equals + 1);
                all.computeIfAbsent(decode(name, charset), any -> new ArrayList<>())
                        .add(decode(value, charset));
            }
        }
        var parameters = new LinkedHashMap<String, String[]>();
        all.forEach((name, values) -> parameters.put(name, values.toArray(String[]::new)));
        return Collections.unmodifiableMap(parameters);
    }

    private static String decode(String text, Charset charset) {
        try {
            return URLDecoder.decode(text, charset);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("a form has a field that is not percent-encoded", e);
        }
    }
}
