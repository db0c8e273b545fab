package dev.coatcheck.prove.play;

import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.HttpEntity;

/**
 * A request with the bytes of its body.
 *
 * @param messages what is sent on a WebSocket once it is open
 */
record PreparedRequest(SentRequest sent, Optional<HttpEntity> entity, List<Outgoing> messages) {
    /** @param awaited whether the other side speaks first */
    record Outgoing(String text, boolean awaited) {}

    PreparedRequest {
        messages = List.copyOf(messages);
    }

    /** What the path of its cookies is compared with. */
    String path() {
        return sent.target().split("\\?", 2)[0];
    }
}
