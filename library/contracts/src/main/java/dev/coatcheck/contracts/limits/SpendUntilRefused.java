package dev.coatcheck.contracts.limits;

import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.Limits;
import java.time.Duration;
import java.util.List;

/** Spends one permit after the other until there are none, and tells how many it was; public because made by name. */
public final class SpendUntilRefused implements PeerAction<Limits> {
    static final Limit LIMIT = Limit.of("processes", 4_000, Duration.ofDays(30));

    @Override
    public void run(Limits limits, List<String> arguments, Conversation conversation) {
        // All begin with a connection that is there, and code that was loaded.
        limits.acquire(Limit.of("before", 1_000, Duration.ofDays(30)).on("all"));
        conversation.say("ready");
        conversation.hear();
        long granted = 0;
        while (limits.acquire(LIMIT.on("all")) instanceof Allowed) {
            granted++;
        }
        conversation.say("" + granted);
    }
}
