package dev.coatcheck.contracts.leases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.leases.Acquisition;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.Acquisition.Busy;
import dev.coatcheck.state.leases.Grant;
import dev.coatcheck.state.leases.GrantResult.Granted;
import dev.coatcheck.state.leases.Holder;
import dev.coatcheck.state.leases.Lease;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.LeaseStore;
import dev.coatcheck.state.leases.Leases;
import java.time.Duration;

/** What the parts of the contract share: the store, and the few steps that nearly every test begins with. */
interface LeasesUnderTest {
    /** The lease of most tests. */
    String REPORT = "nightly-report";

    /** Who holds it in most tests. */
    String ADA = "web.1";

    /** A lease that does not end while a test runs. */
    Duration LONG = Duration.ofMinutes(5);

    /** A lease whose end a test waits for. */
    Duration SHORT = Duration.ofMillis(200);

    /** How long something may take that is bound to happen. */
    Duration PATIENCE = Duration.ofSeconds(20);

    /** How long it takes to be sure that nothing happens. */
    Duration WHILE = Duration.ofMillis(300);

    LeaseStore store();

    /** Is granted a lease that is bound to be free. */
    static Grant grant(LeaseStore store, String name, Duration duration) {
        var result = store.grant(name, ADA, duration);
        assertThat(result).isInstanceOf(Granted.class);
        return ((Granted) result).grant();
    }

    /** Is granted a lease that is bound to become free. */
    static Grant awaitGrant(LeaseStore store, String name, Duration duration) {
        var result = await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> store.grant(name, ADA, duration), Granted.class::isInstance);
        return ((Granted) result).grant();
    }

    static Leases leases(LeaseStore store, String holder, Duration duration) {
        return new Leases(store, LeaseSettings.heldBy(holder).withDuration(duration));
    }

    static Lease acquired(Acquisition acquisition) {
        assertThat(acquisition).isInstanceOf(Acquired.class);
        return ((Acquired) acquisition).lease();
    }

    static Holder busy(Acquisition acquisition) {
        assertThat(acquisition).isInstanceOf(Busy.class);
        return ((Busy) acquisition).holder();
    }
}
