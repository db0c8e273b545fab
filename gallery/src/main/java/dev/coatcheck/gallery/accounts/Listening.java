package dev.coatcheck.gallery.accounts;

import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;

/** What devices listen to ends with their sessions. */
final class Listening {
    private static final System.Logger LOG = System.getLogger(Listening.class.getName());

    private Listening() {}

    /**
     * Ends sessions and what is listened to by them. It is told first, since who cannot be told still has a session, and can
     * try again; and told again, for who came back in between. Where only that fails, they are found when their session is
     * asked for again.
     *
     * @param tell all instances, of the same sessions
     * @throws BackingServiceException where the store cannot be reached
     */
    static void endWith(Runnable tell, Runnable endSessions) {
        tell.run();
        endSessions.run();
        try {
            tell.run();
        } catch (BackingServiceException e) {
            LOG.log(
                    WARNING,
                    "who came back while their session ended may listen for some minutes: {0}",
                    e.getMessage());
        }
    }
}
