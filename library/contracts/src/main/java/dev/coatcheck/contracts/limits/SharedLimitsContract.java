package dev.coatcheck.contracts.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Limits;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** What every adapter of {@link Limits} passes whose store several processes can reach. */
public abstract class SharedLimitsContract {
    private static final int PROCESSES = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** The limits under test, in this JVM. */
    protected abstract Limits limits();

    /** How another JVM gets at the same limits. */
    protected abstract Class<? extends StoreFactory<Limits>> factory();

    /** What the factory is given there. */
    protected abstract String url();

    @Test
    void among_processes_at_full_speed_exactly_as_much_is_granted_as_there_is() {
        var limits = limits();
        var peers = new ArrayList<Peer>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                peers.add(Peer.start(factory(), url(), SpendUntilRefused.class));
            }
            peers.forEach(peer -> assertThat(peer.hear(PATIENCE)).isEqualTo("ready"));
            peers.forEach(peer -> peer.say("go"));
            var granted = peers.stream()
                    .map(peer -> Long.valueOf(peer.hear(PATIENCE)))
                    .toList();
            peers.forEach(Peer::awaitSuccess);

            assertThat(granted.stream().mapToLong(Long::longValue).sum())
                    .as("granted in all: %s", granted)
                    .isEqualTo(SpendUntilRefused.LIMIT.permits());
            assertThat(limits.acquire(SpendUntilRefused.LIMIT.on("all"))).isInstanceOf(Limited.class);
        } finally {
            peers.forEach(Peer::close);
        }
    }
}
