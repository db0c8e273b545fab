package dev.coatcheck.contracts.peers;

import java.util.List;

/**
 * What a peer does. Implemented by a public class with a public constructor without parameters, for the same reason as
 * {@link StoreFactory}.
 *
 * @param <S> the port
 */
@FunctionalInterface
public interface PeerAction<S> {

    /** Does it; the peer ends when this returns, with status 0, or with another if this throws. */
    void run(S store, List<String> arguments, Conversation conversation) throws Exception;

    /** The line to the test that started the peer. */
    interface Conversation {

        /** Tells the test something: one line. */
        void say(String line);

        /** Waits for the next line that the test {@linkplain Peer#say says}. */
        String hear();
    }
}
