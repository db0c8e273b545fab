package dev.coatcheck.contracts.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.faults.Operation.Outage;
import dev.coatcheck.contracts.faults.Operation.Preparation;
import dev.coatcheck.contracts.faults.Operation.Room;
import dev.coatcheck.state.idempotency.Claim;
import dev.coatcheck.state.idempotency.ClaimResult.Claimed;
import dev.coatcheck.state.idempotency.ClaimResult.Completed;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.RecordResult.Recorded;
import java.util.List;
import java.util.UUID;

/** What an application does so that a request is not run twice. */
final class IdempotencyOperations {
    private final Idempotency idempotency;

    private IdempotencyOperations(Idempotency idempotency) {
        this.idempotency = idempotency;
    }

    static List<Operation> of(Idempotency idempotency) {
        return new IdempotencyOperations(idempotency).all();
    }

    private List<Operation> all() {
        return List.of(
                operation("claim a request", Room.SOME, () -> () -> claim(key())),
                operation("claim a request that was answered", Room.NONE, () -> {
                    var key = key();
                    idempotency.record(claim(key), "response");
                    return () -> assertThat(idempotency.claim(key, "a")).isEqualTo(new Completed("response"));
                }),
                operation("renew a claim", Room.SOME, () -> {
                    var claim = claim(key());
                    return () -> assertThat(idempotency.renew(claim)).isTrue();
                }),
                operation("record a response", Room.SOME, () -> {
                    var claim = claim(key());
                    return () ->
                            assertThat(idempotency.record(claim, "response")).isEqualTo(new Recorded());
                }),
                operation("record a large response", Room.MUCH, () -> {
                    var claim = claim(key());
                    var large = Incompressible.text(900_000);
                    return () -> assertThat(idempotency.record(claim, large)).isEqualTo(new Recorded());
                }),
                operation("abandon a claim", Room.NONE, () -> {
                    var key = key();
                    var claim = claim(key);
                    return () -> idempotency.abandon(claim);
                }));
    }

    private Claim claim(String key) {
        var result = idempotency.claim(key, "a");
        assertThat(result).isInstanceOf(Claimed.class);
        return ((Claimed) result).claim();
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    private static Operation operation(String name, Room room, Preparation preparation) {
        return new Operation(name, Outage.FAILS, room, preparation);
    }
}
