package dev.coatcheck.contracts.limits;

import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.LeaseStore;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.limits.ConcurrencyLimit;
import java.time.Duration;
import java.util.List;

/** Takes places until there are none, tells how many it was, and keeps them; public because made by name. */
public final class TakePlaces implements PeerAction<LeaseStore> {
    static final int PLACES = 12;
    static final Duration DURATION = Duration.ofSeconds(6);

    static ConcurrencyLimit limit(LeaseStore store) {
        return new ConcurrencyLimit(
                new Leases(store, LeaseSettings.heldBy("peer").withDuration(DURATION)), "export", PLACES);
    }

    @Override
    public void run(LeaseStore store, List<String> arguments, Conversation conversation) {
        var limit = limit(store);
        conversation.say("ready");
        conversation.hear();
        int taken = 0;
        while (limit.tryAcquire("ada") instanceof Acquired) {
            taken++;
        }
        conversation.say("" + taken);
        conversation.hear();
    }
}
