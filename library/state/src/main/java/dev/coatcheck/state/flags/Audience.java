package dev.coatcheck.state.flags;

import java.util.HashMap;
import java.util.Map;

/**
 * For whom a flag is asked.
 *
 * @param key whom a share is counted by, mostly the user; empty where nobody is known, who then is in no share
 * @param attributes what rules look at: {@code plan} is {@code pro}
 */
public record Audience(String key, Map<String, String> attributes) {
    private static final Audience NOBODY = new Audience("", Map.of());

    public Audience {
        attributes = Map.copyOf(attributes);
    }

    /** Who is not known. */
    public static Audience nobody() {
        return NOBODY;
    }

    /** Somebody, of whom nothing else is known. */
    public static Audience of(String key) {
        return new Audience(key, Map.of());
    }

    /** The same, of whom one thing more is known. */
    public Audience with(String attribute, String value) {
        var more = new HashMap<>(attributes);
        more.put(attribute, value);
        return new Audience(key, more);
    }
}
