package dev.coatcheck.contracts.leases;

import static dev.coatcheck.contracts.leases.LeasesUnderTest.acquired;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.awaitGrant;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.busy;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.leases;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.leases.Acquisition.Busy;
import dev.coatcheck.state.leases.Grant;
import dev.coatcheck.state.leases.Lease;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who holds a lease keeps it, knows when it is lost, and gives it back. */
interface Holding extends LeasesUnderTest {

    @Test
    default void a_held_lease_is_renewed_until_it_is_released() {
        var store = store();
        var duration = Duration.ofSeconds(4);
        var ada = leases(store, ADA, duration);
        var grace = leases(store, "web.2", duration);
        var lease = acquired(ada.tryAcquire(REPORT));

        await().during(duration.plusSeconds(1))
                .atMost(PATIENCE)
                .until(() -> lease.isHeld() && grace.tryAcquire(REPORT) instanceof Busy);
        assertThat(busy(grace.tryAcquire(REPORT)).name()).isEqualTo(ADA);
        assertThat(lease.remaining()).isLessThan(duration);

        assertThat(lease.release()).isTrue();
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.remaining()).isZero();
        try (var next = acquired(grace.tryAcquire(REPORT))) {
            assertThat(next.token()).isGreaterThan(lease.token());
            assertThat(lease.release()).isFalse();
            lease.close();
            assertThat(next.isHeld()).isTrue();
            assertThat(ada.holder(REPORT))
                    .hasValueSatisfying(holder -> assertThat(holder.name()).isEqualTo("web.2"));
        }
        assertThat(ada.holder(REPORT)).isEmpty();
    }

    @Test
    default void a_lease_is_not_reentrant() {
        var leases = leases(store(), ADA, LONG);
        var lease = acquired(leases.tryAcquire(REPORT));

        assertThat(busy(leases.tryAcquire(REPORT)).name()).isEqualTo(ADA);
        lease.close();
        acquired(leases.tryAcquire(REPORT)).close();
    }

    @Test
    default void who_is_closed_holds_nothing_and_takes_no_other() {
        var store = store();
        var ada = leases(store, ADA, LONG);
        acquired(ada.tryAcquire(REPORT));

        ada.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> ada.tryAcquire(REPORT))
                .withMessageContaining(REPORT);
        assertThat(store.holder(REPORT)).isEmpty();
    }

    @Test
    default void a_lease_that_the_store_gave_to_another_is_lost_and_its_loss_is_told_once() throws Exception {
        var store = store();
        var ada = leases(store, ADA, Duration.ofSeconds(3));
        var lease = acquired(ada.tryAcquire(REPORT));
        var told = new AtomicInteger();
        var lost = new CountDownLatch(1);
        lease.onLost(told::incrementAndGet);
        lease.onLost(() -> {
            throw new IllegalStateException("as planned");
        });
        lease.onLost(lost::countDown);

        assertThat(store.release(new Grant(REPORT, lease.token()))).isTrue();
        var others = awaitGrant(store, REPORT, LONG);

        assertThat(lost.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(lease.isHeld()).isFalse();
        var late = new CountDownLatch(1);
        lease.onLost(late::countDown);
        assertThat(late.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(lease.release()).isFalse();
        assertThat(others.token()).isGreaterThan(lease.token());
        assertThat(store.release(others)).isTrue();
        assertThat(told).hasValue(1);
    }

    @Test
    default void a_lease_that_was_released_is_not_lost() {
        var store = store();
        var duration = Duration.ofSeconds(2);
        var lease = acquired(leases(store, ADA, duration).tryAcquire(REPORT));
        var told = new AtomicInteger();
        lease.onLost(told::incrementAndGet);
        lease.release();
        lease.onLost(told::incrementAndGet);

        await().during(duration.plusSeconds(1)).atMost(PATIENCE).until(() -> told.get() == 0);
    }

    @Test
    default void many_leases_are_held_at_once() {
        var store = store();
        var duration = Duration.ofSeconds(4);
        var ada = leases(store, ADA, duration);
        var held = IntStream.range(0, 50)
                .mapToObj(i -> acquired(ada.tryAcquire("lease " + i)))
                .toList();

        await().during(duration.plus(WHILE))
                .atMost(PATIENCE)
                .until(() -> held.stream().allMatch(Lease::isHeld));
        ada.close();

        assertThat(held).noneMatch(Lease::isHeld);
        assertThat(store.holder("lease 7")).isEmpty();
    }
}
