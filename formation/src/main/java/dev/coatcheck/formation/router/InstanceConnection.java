package dev.coatcheck.formation.router;

import io.undertow.client.ClientCallback;
import io.undertow.client.ClientConnection;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientRequest;
import java.io.IOException;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/** One connection to an instance, for one request after the other. Used on the thread of its event loop. */
final class InstanceConnection {
    private final ClientConnection client;
    private final InterimResponses interim;

    InstanceConnection(ClientConnection client, InterimResponses interim) {
        this.client = client;
        this.interim = interim;
    }

    /**
     * Begins to send a request.
     *
     * @param onContinue is run when the instance says {@code 100 Continue}
     */
    void send(ClientRequest request, Runnable onContinue, ClientCallback<ClientExchange> callback) {
        client.getStatistics().reset();
        interim.awaitResponse(onContinue);
        client.sendRequest(request, callback);
    }

    /** Whether any byte of the latest request was handed to the operating system. */
    boolean hasSent() {
        return client.getStatistics().getWritten() > 0;
    }

    /** Whether any byte of the latest response has arrived; those of interim responses do not count. */
    boolean hasReceived() {
        return client.getStatistics().getRead() > 0 || interim.hasBegun();
    }

    /**
     * Of a connection that failed while the head of a response came: whether that was for no fault of the response. Where it
     * cannot be parsed, Undertow closes the connection itself, and tells of nothing but that.
     */
    boolean isUnderstood() {
        return !hasReceived() || interim.hasEnded();
    }

    boolean isOpen() {
        return client.isOpen();
    }

    /** Whether it will do for another request. */
    boolean isReusable() {
        return client.isOpen() && !client.isUpgraded();
    }

    /** The bare connection, for another protocol. */
    StreamConnection upgrade() throws IOException {
        return client.performUpgrade();
    }

    /**
     * Closes the connection so that the instance notices at once. Undertow's own close waits up to 10 s for the instance
     * to close first, and where a response is awaited it tells the instance nothing until then.
     */
    void closeAtOnce() {
        try {
            IoUtils.safeClose(client.performUpgrade());
        } catch (IOException e) {
            IoUtils.safeClose(client);
        }
    }
}
