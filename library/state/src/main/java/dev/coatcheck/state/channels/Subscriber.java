package dev.coatcheck.state.channels;

import dev.coatcheck.state.StoredText;
import java.util.Optional;

/**
 * Whose subscription it is: by this others see that somebody is present, and by this it is ended.
 *
 * @param user who is logged in; a name as {@link Topic#ofUser} takes it
 * @param session what the session is called in the list of a user's devices, so that its end ends the subscription
 */
public record Subscriber(Optional<String> user, Optional<String> session) {
    public Subscriber {
        user.ifPresent(Topic::ofUser); // refuses what is none
        session.ifPresent(name -> {
            StoredText.require("the name of a session", name);
            if (name.isEmpty() || StoredText.utf8Length(name) > Topic.MAX_NAME_BYTES) {
                throw new IllegalArgumentException(
                        "a session has a name of 1 to " + Topic.MAX_NAME_BYTES + " bytes: its handle, never its id");
            }
        });
    }

    /** Somebody; seen by nobody. */
    public static Subscriber anonymous() {
        return new Subscriber(Optional.empty(), Optional.empty());
    }

    /** A user. */
    public static Subscriber of(String user) {
        return new Subscriber(Optional.of(user), Optional.empty());
    }

    /**
     * The same, in a session.
     *
     * @param session a device's handle
     */
    public Subscriber withSession(String session) {
        return new Subscriber(user, Optional.of(session));
    }
}
