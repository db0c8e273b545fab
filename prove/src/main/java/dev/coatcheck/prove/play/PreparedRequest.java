package dev.coatcheck.prove.play;

import dev.coatcheck.prove.scenario.Body;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.HttpEntity;

/**
 * A request with the bytes of its body.
 *
 * @param messages what is sent on a WebSocket once it is open
 */
record PreparedRequest(SentRequest sent, Optional<HttpEntity> entity, List<Outgoing> messages) {
    /** @param after what is waited for before it is sent */
    record Outgoing(String text, Body.Await after) {}

    PreparedRequest {
        messages = List.copyOf(messages);
    }

    /** What the path of its cookies is compared with. */
    String path() {
        return sent.target().split("\\?", 2)[0];
    }
}
