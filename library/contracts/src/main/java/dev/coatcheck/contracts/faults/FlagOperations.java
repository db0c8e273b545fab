package dev.coatcheck.contracts.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.faults.Operation.Outage;
import dev.coatcheck.contracts.faults.Operation.Room;
import dev.coatcheck.state.flags.Audience;
import dev.coatcheck.state.flags.Flag;
import dev.coatcheck.state.flags.FlagValue;
import dev.coatcheck.state.flags.Flags;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** What an application does with flags. */
final class FlagOperations {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Flags flags;

    private FlagOperations(Flags flags) {
        this.flags = flags;
    }

    static List<Operation> of(Flags flags) {
        return new FlagOperations(flags).all();
    }

    private List<Operation> all() {
        return List.of(
                new Operation("decide a flag", Outage.ANSWERS, Room.NONE, () -> {
                    var name = put();
                    await().atMost(PATIENCE).until(() -> isOn(name));
                    return () -> assertThat(isOn(name)).isTrue();
                }),
                new Operation("put a flag", Outage.FAILS, Room.SOME, () -> this::put),
                new Operation("remove a flag", Outage.FAILS, Room.SOME, () -> {
                    var name = put();
                    return () -> flags.remove(name);
                }));
    }

    private String put() {
        var name = "flag-" + UUID.randomUUID();
        flags.put(Flag.of(name, FlagValue.of(true)));
        return name;
    }

    private boolean isOn(String name) {
        return flags.snapshot().isOn(name, Audience.of("ada"), false);
    }
}
