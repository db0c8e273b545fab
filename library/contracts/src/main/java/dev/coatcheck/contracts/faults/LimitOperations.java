package dev.coatcheck.contracts.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.faults.Operation.Outage;
import dev.coatcheck.contracts.faults.Operation.Room;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** What an application does with limits, whichever answer it has chosen for an outage. */
final class LimitOperations {
    private static final Limit FOUR = Limit.of("four", 4, Duration.ofHours(1));

    private LimitOperations() {}

    static List<Operation> of(Function<OnOutage, Limits> limits) {
        var closed = limits.apply(new OnOutage.Closed());
        var open = limits.apply(new OnOutage.Open());
        var share = limits.apply(new OnOutage.LocalShare(2));
        return List.of(
                acquire("a limit that is closed", Outage.FAILS, closed),
                acquire("a limit that is open", Outage.ANSWERS, open),
                acquire("a share of a limit", Outage.ANSWERS, share),
                refund("a limit that is closed", Outage.FAILS, closed),
                refund("a limit that is open", Outage.ANSWERS, open),
                refund("a share of a limit", Outage.ANSWERS, share));
    }

    private static Operation acquire(String which, Outage outage, Limits limits) {
        return new Operation("acquire " + which, outage, Room.SOME, () -> () -> spend(limits, key()));
    }

    private static Operation refund(String which, Outage outage, Limits limits) {
        return new Operation("refund " + which, outage, Room.SOME, () -> {
            var spent = spend(limits, key());
            return () -> limits.refund(spent.reservation());
        });
    }

    private static Allowed spend(Limits limits, String key) {
        var decision = limits.acquire(FOUR.on(key));
        assertThat(decision).isInstanceOf(Allowed.class);
        return (Allowed) decision;
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }
}
