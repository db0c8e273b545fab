package dev.coatcheck.servlet;

import dev.coatcheck.state.sessions.Attribute;
import dev.coatcheck.state.sessions.Changes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request's view of a session's attributes, which knows what has changed since the store last agreed. Values are
 * read from JSON when they are first asked for, and are the same objects for the rest of the request.
 */
final class Attributes {

    private sealed interface Slot {}

    /** The store has it, and nobody has asked for it. */
    private record Stored(String json) implements Slot {}

    /**
     * The application has it, and may alter it at any time.
     *
     * @param saved what the store has, written as {@code value} was written then; empty where it has none. Not the
     *     store's own text: another release may have written the same value differently
     * @param put whether this request put it there, rather than only looked at it
     */
    private record Taken(Object value, Optional<String> saved, boolean put) implements Slot {}

    /** The store has it, this release cannot read it, and it stays there for the release that can. */
    private record Unreadable() implements Slot {}

    /** The store has it and is to remove it. */
    private record Removed() implements Slot {}

    /** Stands for what the store has where that is not known, and is equal to nothing that is ever written. */
    private static final Optional<String> SOMETHING = Optional.of("");

    private final SessionJson json;
    private final UnreadableAttributes unreadable;
    private final Map<String, Slot> slots = new LinkedHashMap<>();

    Attributes(SessionJson json, UnreadableAttributes unreadable, Map<String, Attribute> stored) {
        this.json = json;
        this.unreadable = unreadable;
        stored.forEach((name, attribute) -> slots.put(name, new Stored(attribute.json())));
    }

    @Nullable
    Object get(String name) {
        return switch (slots.get(name)) {
            case Stored stored -> take(name, stored);
            case Taken taken -> taken.value();
            case Unreadable u -> null;
            case Removed r -> null;
            case null -> null;
        };
    }

    private @Nullable Object take(String name, Stored stored) {
        try {
            var value = json.read(stored.json());
            slots.put(name, new Taken(value, Optional.of(json.write(name, value)), false));
            return value;
        } catch (UnreadableValueException | IllegalArgumentException e) {
            unreadable.report(name, e);
            slots.put(name, new Unreadable());
            return null;
        }
    }

    /** Returns what was there before. */
    @Nullable
    Object put(String name, Object value) {
        json.requireReadable(name, value);
        var previous = get(name);
        Optional<String> saved =
                switch (slots.get(name)) {
                    case Taken taken -> taken.saved();
                    case Stored s -> SOMETHING;
                    case Unreadable u -> SOMETHING;
                    case Removed r -> SOMETHING;
                    case null -> Optional.empty();
                };
        slots.put(name, new Taken(value, saved, true));
        return previous;
    }

    /** Returns what was there before. */
    @Nullable
    Object remove(String name) {
        var previous = get(name);
        switch (slots.get(name)) {
            case Taken taken when taken.saved().isEmpty() -> slots.remove(name);
            case null -> {}
            default -> slots.put(name, new Removed());
        }
        return previous;
    }

    /** The names of what can be read. */
    List<String> names() {
        return List.copyOf(slots.keySet()).stream()
                .filter(name -> get(name) != null)
                .toList();
    }

    /**
     * Adds what changed since the store last agreed.
     *
     * @throws IllegalArgumentException where a value was altered into one that cannot be kept
     */
    Changes addTo(Changes changes) {
        var more = changes;
        for (var entry : slots.entrySet()) {
            var name = entry.getKey();
            if (entry.getValue() instanceof Taken taken) {
                var now = json.write(name, taken.value());
                if (!Optional.of(now).equals(taken.saved())) {
                    more = more.put(name, now);
                }
            } else if (entry.getValue() instanceof Removed) {
                more = more.remove(name);
            }
        }
        return more;
    }

    /** Notes that the store now holds these changes. */
    void saved(Changes changes) {
        changes.attributes().forEach((name, change) -> {
            if (change.json().isEmpty()) {
                slots.remove(name);
            } else if (slots.get(name) instanceof Taken taken) {
                slots.put(name, new Taken(taken.value(), change.json(), taken.put()));
            }
        });
    }

    /** Keeps only what this request put or altered, for a store that has nothing yet. */
    void forgetSaved() {
        var changed = addTo(Changes.none()).attributes();
        slots.entrySet()
                .removeIf(entry -> !(entry.getValue() instanceof Taken taken
                        && (taken.put() || changed.containsKey(entry.getKey()))));
        slots.replaceAll((name, slot) ->
                slot instanceof Taken taken ? new Taken(taken.value(), Optional.empty(), taken.put()) : slot);
    }
}
