package dev.coatcheck.contracts.leases;

import static dev.coatcheck.contracts.leases.LeasesUnderTest.acquired;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.leases;

import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.state.leases.LeaseStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** What the other JVMs of {@link SharedLeasesContract} do. */
final class LeaseActions {
    private LeaseActions() {}

    /**
     * Acquires the lease, says its token, and renews it. At each word it hears it says whether it believes in it, and
     * whether it was told of its loss; at the word {@code release} it releases it.
     */
    public static final class Hold implements PeerAction<LeaseStore> {
        static final Duration DURATION = Duration.ofSeconds(4);

        @Override
        public void run(LeaseStore store, List<String> arguments, Conversation conversation) throws Exception {
            var leases = leases(store, "peer", DURATION);
            var lease = acquired(leases.acquire(LeasesUnderTest.REPORT, LeasesUnderTest.PATIENCE));
            var lost = new CountDownLatch(1);
            lease.onLost(lost::countDown);
            conversation.say("" + lease.token());
            while (true) {
                switch (conversation.hear()) {
                    case "release" -> conversation.say("released " + lease.release());
                    case "await loss" -> {
                        lost.await();
                        conversation.say("lost");
                    }
                    default -> conversation.say("held " + lease.isHeld());
                }
            }
        }
    }

    /** Acquires and releases over and over, and says each token while it holds the lease. */
    public static final class TakeTurns implements PeerAction<LeaseStore> {
        @Override
        public void run(LeaseStore store, List<String> arguments, Conversation conversation) throws Exception {
            var leases = leases(store, "peer", Hold.DURATION);
            conversation.say("ready");
            int turns = Integer.parseInt(conversation.hear());
            for (int i = 0; i < turns; i++) {
                try (var lease = acquired(leases.acquire(LeasesUnderTest.REPORT, LeasesUnderTest.PATIENCE))) {
                    conversation.say("" + lease.token());
                }
            }
        }
    }
}
