package dev.coatcheck.formation.router;

import io.undertow.client.ClientConnection;
import java.io.IOException;
import org.xnio.IoUtils;

/** Ends connections to instances. */
final class Connections {
    private Connections() {}

    /**
     * Closes a connection so that the instance notices at once. Undertow's own close waits up to 10 s for the instance
     * to close first, and where a response is awaited it tells the instance nothing until then.
     */
    static void closeAtOnce(ClientConnection connection) {
        try {
            IoUtils.safeClose(connection.performUpgrade());
        } catch (IOException e) {
            IoUtils.safeClose(connection);
        }
    }
}
