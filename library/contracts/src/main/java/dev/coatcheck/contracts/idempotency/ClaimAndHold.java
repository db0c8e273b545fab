package dev.coatcheck.contracts.idempotency;

import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.state.idempotency.Idempotency;
import java.util.List;

/** Claims a request, waits for a word, and then records a response; public because made by name. */
public final class ClaimAndHold implements PeerAction<Idempotency> {
    static final String KEY = "of-a-peer";

    @Override
    public void run(Idempotency idempotency, List<String> arguments, Conversation conversation) {
        var claim = IdempotencyContract.claimed(idempotency.claim(KEY, "a"));
        conversation.say("" + claim.token());
        conversation.hear();
        conversation.say("" + idempotency.record(claim, "by the peer"));
    }
}
