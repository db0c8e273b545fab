package dev.coatcheck.state.channels;

import dev.coatcheck.state.StoredText;
import java.util.Optional;

/**
 * Whose subscription it is: by this others see that somebody is present, and by this it is ended.
 *
 * @param user who is logged in; a name as {@link Topic#ofUser} takes it
 * @param session what the session is called in the list of a user's devices, so that its end ends the subscription
 * @param client which of the user's clients it is, such as a page: a subscription ends its predecessor of the same client in
 *     its process, and no other takes its place
 */
public record Subscriber(Optional<String> user, Optional<String> session, Optional<String> client) {
    public Subscriber {
        user.ifPresent(Topic::ofUser); // refuses what is none
        session.ifPresent(name -> require("session", name, "its handle, never its id"));
        client.ifPresent(name -> require("client", name, "a random one"));
    }

    private static void require(String whose, String name, String which) {
        StoredText.require("the name of a " + whose, name);
        if (name.isEmpty() || StoredText.utf8Length(name) > Topic.MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "a %s has a name of 1 to %d bytes: %s".formatted(whose, Topic.MAX_NAME_BYTES, which));
        }
    }

    /** Somebody; seen by nobody. */
    public static Subscriber anonymous() {
        return new Subscriber(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** A user. */
    public static Subscriber of(String user) {
        return new Subscriber(Optional.of(user), Optional.empty(), Optional.empty());
    }

    /**
     * The same, in a session.
     *
     * @param session a device's handle
     */
    public Subscriber withSession(String session) {
        return new Subscriber(user, Optional.of(session), client);
    }

    /**
     * The same, by a client that keeps its name when it comes back.
     *
     * @param client a random name, of one connection at a time
     */
    public Subscriber withClient(String client) {
        return new Subscriber(user, session, Optional.of(client));
    }
}
