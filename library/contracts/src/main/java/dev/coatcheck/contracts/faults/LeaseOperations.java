package dev.coatcheck.contracts.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.faults.Operation.Outage;
import dev.coatcheck.contracts.faults.Operation.Preparation;
import dev.coatcheck.contracts.faults.Operation.Room;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.Acquisition.Busy;
import dev.coatcheck.state.leases.Lease;
import dev.coatcheck.state.leases.Leases;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** What an application does with leases. */
final class LeaseOperations {
    private final Leases leases;

    private LeaseOperations(Leases leases) {
        this.leases = leases;
    }

    static List<Operation> of(Leases leases) {
        return new LeaseOperations(leases).all();
    }

    private List<Operation> all() {
        return List.of(
                operation("acquire a lease", Room.SOME, () -> () -> acquire(name())),
                operation("ask for a lease that another has", Room.NONE, () -> {
                    var name = name();
                    acquire(name);
                    return () -> assertThat(leases.tryAcquire(name)).isInstanceOf(Busy.class);
                }),
                operation("wait for a lease that another has", Room.NONE, () -> {
                    var name = name();
                    acquire(name);
                    return () -> assertThat(leases.acquire(name, Duration.ofMillis(100)))
                            .isInstanceOf(Busy.class);
                }),
                operation("find the holder of a lease", Room.NONE, () -> {
                    var name = name();
                    acquire(name);
                    return () -> assertThat(leases.holder(name)).isPresent();
                }),
                operation("release a lease", Room.NONE, () -> {
                    var lease = acquire(name());
                    return () -> assertThat(lease.release()).isTrue();
                }));
    }

    private Lease acquire(String name) {
        var acquisition = leases.tryAcquire(name);
        assertThat(acquisition).isInstanceOf(Acquired.class);
        return ((Acquired) acquisition).lease();
    }

    private static String name() {
        return UUID.randomUUID().toString();
    }

    private static Operation operation(String name, Room room, Preparation preparation) {
        return new Operation(name, Outage.FAILS, room, preparation);
    }
}
