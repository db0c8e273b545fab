package dev.coatcheck.contracts.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.contracts.leases.InMemoryLeaseStore;
import dev.coatcheck.state.leases.Acquisition.Acquired;
import dev.coatcheck.state.leases.Acquisition.Busy;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.limits.ConcurrencyLimit;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
    private final Leases leases =
            new Leases(new InMemoryLeaseStore(InstantSource.system()), LeaseSettings.heldBy("web.1"));
    private final ConcurrencyLimit two = new ConcurrencyLimit(leases, "export", 2);

    @Test
    void a_place_that_was_given_back_is_the_next_ones() {
        var one = ((Acquired) two.tryAcquire("ada")).lease();
        assertThat(two.tryAcquire("ada")).isInstanceOf(Acquired.class);
        var busy = (Busy) two.tryAcquire("ada");
        assertThat(busy.holder().name()).isEqualTo("web.1");
        assertThat(busy.holder().endsIn()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(30));

        one.close();

        assertThat(two.tryAcquire("ada")).isInstanceOf(Acquired.class);
        assertThat(two.tryAcquire("ada")).isInstanceOf(Busy.class);
    }

    @Test
    void keys_and_limits_are_counted_apart() {
        var held = new ArrayList<>();
        for (var key : new String[] {"ada", "grace"}) {
            held.add(two.tryAcquire(key));
            held.add(two.tryAcquire(key));
        }
        held.add(new ConcurrencyLimit(leases, "import", 1).tryAcquire("ada"));

        assertThat(held).allMatch(Acquired.class::isInstance);
    }

    @Test
    void among_threads_there_are_never_more_at_it_than_places() {
        var atIt = new AtomicInteger();
        var most = new AtomicInteger();

        Together.run(8, thread -> {
            for (int i = 0; i < 500; i++) {
                if (two.tryAcquire("all") instanceof Acquired(var place)) {
                    most.accumulateAndGet(atIt.incrementAndGet(), Math::max);
                    atIt.decrementAndGet();
                    place.close();
                }
            }
        });

        assertThat(most.get()).isBetween(1, 2);
    }

    @Test
    void a_limit_without_places_or_a_name_is_a_mistake() {
        assertThatThrownBy(() -> new ConcurrencyLimit(leases, "", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ConcurrencyLimit(leases, "a", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ConcurrencyLimit(leases, "a", ConcurrencyLimit.MAX_PLACES + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
