package dev.coatcheck.formation.router;

import io.undertow.client.ClientExchange;
import io.undertow.client.ClientResponse;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.IOException;
import org.xnio.channels.StreamSourceChannel;

/** Passes the response of an instance to the client as it comes, or joins both where they switch to another protocol. */
final class ResponseRelay {
    private final Forwarding forwarding;
    private final Attempt attempt;
    private final ClientExchange from;
    private final EventLoop loop;
    private final RouterContext router;

    ResponseRelay(Forwarding forwarding, Attempt attempt, ClientExchange from, EventLoop loop, RouterContext router) {
        this.forwarding = forwarding;
        this.attempt = attempt;
        this.from = from;
        this.loop = loop;
        this.router = router;
    }

    /**
     * Begins to pass the response on, unless the connection fails before there is more of it than its head: then the
     * client has seen nothing.
     */
    void start() throws IOException {
        ClientResponse response = from.getResponse();
        if (!ResponseHeaders.isProper(response, forwarding.isUpgrade())) {
            forwarding.refuse(Refusal.BAD_RESPONSE);
        } else if (response.getResponseCode() == 101) {
            copyHead(response);
            switchProtocols(response);
        } else if (hasPhantomBody(response)) {
            copyHead(response);
            forwarding.answer(null, null, () -> {});
        } else {
            passOn(response, from.getResponseChannel());
        }
    }

    private void passOn(ClientResponse response, StreamSourceChannel body) throws IOException {
        PooledByteBuffer first = router.buffers().allocate();
        int read = -1;
        try {
            read = body.read(first.getBuffer());
        } finally {
            if (read <= 0) {
                first.close();
            }
        }
        copyHead(response);
        if (read >= 0) {
            ResponseHeaders.showWhereItEnds(forwarding.exchange());
        }
        if (read > 0) {
            first.getBuffer().flip();
            forwarding.answer(body, first, attempt::responseRead);
        } else if (read == 0) {
            forwarding.answer(body, null, attempt::responseRead);
        } else {
            attempt.responseRead();
            forwarding.answer(null, null, () -> {});
        }
    }

    private void copyHead(ClientResponse response) {
        attempt.answering();
        HttpServerExchange to = forwarding.exchange();
        to.setStatusCode(response.getResponseCode());
        to.setReasonPhrase(response.getStatus());
        ResponseHeaders.copy(response, to.getResponseHeaders());
    }

    /**
     * Whether the response has no body although its header names the size of one, as 304 may. Undertow's client would
     * wait for that body; so it isn't asked, and the connection is not used again.
     */
    private boolean hasPhantomBody(ClientResponse response) {
        int status = response.getResponseCode();
        HeaderMap headers = response.getResponseHeaders();
        String length = headers.getFirst(Headers.CONTENT_LENGTH);
        return (status == 204 || status == 304)
                && !from.getRequest().getMethod().equals(Methods.HEAD)
                && (headers.contains(Headers.TRANSFER_ENCODING) || (length != null && !length.equals("0")));
    }

    private void switchProtocols(ClientResponse response) {
        HttpServerExchange to = forwarding.exchange();
        ProtocolSwitch joined = ProtocolSwitch.begin(attempt.handOver(), attempt.upstream(), loop, router);
        // Should the client be gone before both are joined, or the router be closed after that.
        to.getConnection().addCloseListener(connection -> joined.close());
        to.upgradeChannel((client, exchange) -> joined.join(client));
        HttpString protocol = Headers.UPGRADE;
        to.getResponseHeaders().put(protocol, response.getResponseHeaders().getFirst(protocol));
        forwarding.answer(null, null, () -> {});
    }
}
