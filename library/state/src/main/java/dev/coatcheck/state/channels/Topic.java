package dev.coatcheck.state.channels;

import dev.coatcheck.state.StoredText;

/**
 * What messages are published to, and subscribed to: a topic that the application names, or everything that is meant for a
 * user. A user's topic never meets one of the application's, whatever they are called.
 *
 * @param name 1 to {@value #MAX_NAME_BYTES} bytes of UTF-8, of characters that every store takes
 */
public record Topic(Kind kind, String name) {

    /** The longest name, in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 512;

    /** Whose the name is. The letter is how it is stored: it never changes. */
    public enum Kind {
        /** The application's. */
        TOPIC("t"),
        /** What is meant for a user, wherever they are connected. */
        USER("u"),
        /** What processes tell each other. */
        CONTROL("c");

        private final String letter;

        Kind(String letter) {
            this.letter = letter;
        }
    }

    public Topic {
        StoredText.require("the name of a topic", name);
        int bytes = StoredText.utf8Length(name);
        if (bytes < 1 || bytes > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "a topic has a name of 1 to %d bytes, not of %d".formatted(MAX_NAME_BYTES, bytes));
        }
    }

    /** A topic of the application's. */
    public static Topic of(String name) {
        return new Topic(Kind.TOPIC, name);
    }

    /** What is meant for a user. */
    public static Topic ofUser(String user) {
        return new Topic(Kind.USER, user);
    }

    /** As adapters store it. */
    public String text() {
        return kind.letter + ":" + name;
    }

    /**
     * Reads what {@link #text()} wrote.
     *
     * @throws IllegalArgumentException where it is no such text
     */
    public static Topic parse(String text) {
        for (var kind : Kind.values()) {
            if (text.startsWith(kind.letter + ":")) {
                return new Topic(kind, text.substring(2));
            }
        }
        throw new IllegalArgumentException(
                "a topic is stored as t: (the application's), u: (a user's) or c: (the processes')"
                        + " and its name, not as \"" + text + "\", which a later release may know");
    }
}
