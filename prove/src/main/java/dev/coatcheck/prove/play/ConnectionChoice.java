package dev.coatcheck.prove.play;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * Chooses the connection that a step is sent on. Where several processes take connections at one address, who answers is
 * decided by who has accepted.
 */
@FunctionalInterface
public interface ConnectionChoice {
    /** Whoever accepts the first. */
    ConnectionChoice ANY = Opening::open;

    /** Makes a connection to the address of the step's target. */
    @FunctionalInterface
    interface Opening {
        /**
         * Another one each time. Whoever opens it closes it.
         *
         * @param limit for connecting, where it is less than the time of a request
         */
        Socket open(Duration limit) throws IOException;

        /** Another one each time, within the time of a request. */
        default Socket open() throws IOException {
            return open(ChronoUnit.FOREVER.getDuration());
        }
    }

    /** For how long it may search beside the time that connecting takes; that does not count as the request's time. */
    default Duration limit() {
        return Duration.ZERO;
    }

    /**
     * An open connection, on which nothing was sent yet; all others that were opened for it are closed.
     *
     * @throws IOException if none can be made, or the thread is interrupted
     */
    Socket choose(Opening opening) throws IOException;
}
