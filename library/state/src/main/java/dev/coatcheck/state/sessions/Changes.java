package dev.coatcheck.state.sessions;

import dev.coatcheck.state.StoredText;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What to change in a session, applied by the store as one atomic step: all of it or nothing.
 *
 * <p>Immutable and thread-safe; each method returns changes that go further. A later change of an attribute replaces
 * an earlier one of the same attribute. Its texts are such as every store takes: see
 * {@link StoredText}.
 *
 * <pre>{@code
 * var login = Changes.none().user("ada@example.org").put("theme", "\"dark\"").rotate();
 * }</pre>
 *
 * @param attributes what happens to each attribute that changes, by name
 * @param user the user that the session now belongs to, where that changes
 * @param label what the user's list of devices shows for this session, such as {@code "Firefox on Linux"}
 * @param idleTimeout the session's own idle time-out, in place of the settings'
 * @param rotates whether the session gets a new secret
 */
public record Changes(
        Map<String, AttributeChange> attributes,
        Optional<String> user,
        Optional<String> label,
        Optional<Duration> idleTimeout,
        boolean rotates) {

    /**
     * What happens to one attribute.
     *
     * @param json what it is to hold; empty removes it
     * @param onlyIfVersion where present, the change is made only if the attribute still has this version: 0 means
     *     that there was none
     */
    public record AttributeChange(Optional<String> json, OptionalLong onlyIfVersion) {}

    private static final Changes NONE =
            new Changes(Map.of(), Optional.empty(), Optional.empty(), Optional.empty(), false);

    public Changes {
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        attributes.forEach((name, change) -> {
            StoredText.require("the name of a session attribute", name);
            change.json().ifPresent(json -> StoredText.require("the session attribute \"" + name + "\"", json));
        });
        user.ifPresent(text -> StoredText.require("the user of a session", text));
        label.ifPresent(text -> StoredText.require("the label of a session", text));
        idleTimeout.ifPresent(timeout -> {
            if (!timeout.isPositive()) {
                throw new IllegalArgumentException("the idle time-out of a session is positive, not " + timeout);
            }
        });
    }

    /** Nothing changes. */
    public static Changes none() {
        return NONE;
    }

    /** Writes an attribute; of two concurrent writers the last wins. */
    public Changes put(String name, String json) {
        return with(name, new AttributeChange(Optional.of(json), OptionalLong.empty()));
    }

    /**
     * Writes an attribute unless somebody else has written it since it was read; all the changes are refused
     * ({@link SaveResult.Conflict}) if somebody has.
     *
     * @param version the {@link Attribute#version()} that was read; 0 where there was no such attribute
     */
    public Changes putIfUnchanged(String name, String json, long version) {
        return with(name, new AttributeChange(Optional.of(json), OptionalLong.of(version)));
    }

    /** Removes an attribute; removing what is not there is no error. */
    public Changes remove(String name) {
        return with(name, new AttributeChange(Optional.empty(), OptionalLong.empty()));
    }

    /**
     * Removes an attribute unless somebody else has written it since it was read; all the changes are refused
     * ({@link SaveResult.Conflict}) if somebody has.
     */
    public Changes removeIfUnchanged(String name, long version) {
        return with(name, new AttributeChange(Optional.empty(), OptionalLong.of(version)));
    }

    /** Makes the session a user's: it appears in that user's {@linkplain Sessions#devices list of devices}. */
    public Changes user(String user) {
        return new Changes(attributes, Optional.of(user), label, idleTimeout, rotates);
    }

    /** Names the session in its user's list of devices. */
    public Changes label(String label) {
        return new Changes(attributes, user, Optional.of(label), idleTimeout, rotates);
    }

    /** Gives this session an idle time-out of its own; the absolute time-out stays. */
    public Changes idleTimeout(Duration idleTimeout) {
        return new Changes(attributes, user, label, Optional.of(idleTimeout), rotates);
    }

    /**
     * Gives the session a new secret, as every log-in must (an id that an attacker planted before the log-in is then
     * worth nothing). The old id finds what the session held before these changes, read-only, for
     * {@link SessionSettings#rotationGrace()}, so that requests that were under way still end well.
     */
    public Changes rotate() {
        return new Changes(attributes, user, label, idleTimeout, true);
    }

    /** Whether there is nothing to save. */
    public boolean isEmpty() {
        return equals(NONE);
    }

    private Changes with(String name, AttributeChange change) {
        var changed = new LinkedHashMap<>(attributes);
        changed.put(name, change);
        return new Changes(changed, user, label, idleTimeout, rotates);
    }
}
