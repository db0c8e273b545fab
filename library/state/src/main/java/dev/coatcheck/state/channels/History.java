package dev.coatcheck.state.channels;

import java.util.List;

/** What a store knows of what came after a position. */
public sealed interface History {

    /**
     * Everything that came after it, or as much as was asked for.
     *
     * @param messages oldest first; none where nothing came
     */
    record Kept(List<StoredMessage> messages) implements History {
        public Kept {
            messages = List.copyOf(messages);
        }
    }

    /**
     * More came after it than is kept, or the store does not know the position.
     *
     * @param head where the history ends now
     */
    record Gone(Position head) implements History {}
}
