package dev.coatcheck.contracts.leases;

import static dev.coatcheck.contracts.leases.LeasesUnderTest.acquired;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.busy;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.grant;
import static dev.coatcheck.contracts.leases.LeasesUnderTest.leases;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.contracts.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who waits gets the lease soon after it is free, and not for ever. */
interface Waiting extends LeasesUnderTest {

    @Test
    default void who_waits_gets_the_lease_when_it_is_released() throws Exception {
        var store = store();
        var ada = leases(store, ADA, LONG);
        var grace = leases(store, "web.2", LONG);
        for (int i = 0; i < 5; i++) {
            var held = acquired(ada.tryAcquire(REPORT));
            var waiter = new FutureTask<>(() -> acquired(grace.acquire(REPORT, LONG)));
            Thread.ofVirtual().name("waiter").start(waiter);
            assertThatThrownBy(() -> waiter.get(WHILE.toMillis(), TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);

            held.release();

            waiter.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).release();
        }
    }

    @Test
    default void who_waits_gets_the_lease_when_its_holder_has_died() throws Exception {
        var store = store();
        var dead = grant(store, REPORT, Duration.ofMillis(500));

        var lease = acquired(leases(store, "web.2", LONG).acquire(REPORT, PATIENCE));

        assertThat(lease.token()).isGreaterThan(dead.token());
        lease.release();
    }

    @Test
    default void who_has_waited_long_enough_is_told_who_holds_it() throws Exception {
        var store = store();
        grant(store, REPORT, LONG);
        var grace = leases(store, "web.2", LONG);
        long begun = System.nanoTime();

        assertThat(busy(grace.acquire(REPORT, WHILE)).name()).isEqualTo(ADA);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(WHILE, WHILE.plus(PATIENCE));
        assertThat(busy(grace.acquire(REPORT, Duration.ZERO)).name()).isEqualTo(ADA);
    }

    @Test
    default void who_is_interrupted_waits_no_longer_and_holds_nothing() throws Exception {
        var store = store();
        var granted = grant(store, REPORT, LONG);
        var waiter = new FutureTask<>(() -> leases(store, "web.2", LONG).acquire(REPORT, LONG));
        var thread = Thread.ofVirtual().name("waiter").start(waiter);
        assertThatThrownBy(() -> waiter.get(WHILE.toMillis(), TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);

        thread.interrupt();

        assertThatThrownBy(() -> waiter.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .hasCauseInstanceOf(InterruptedException.class);
        store.release(granted);
        assertThat(store.holder(REPORT)).isEmpty();
    }

    @Test
    default void an_interrupt_is_told_as_one_also_while_the_store_is_asked() throws Exception {
        var store = store();
        grant(store, REPORT, LONG);
        var waiter = new FutureTask<>(() -> {
            Thread.currentThread().interrupt();
            return leases(store, "web.2", LONG).acquire(REPORT, LONG);
        });
        Thread.ofVirtual().name("waiter").start(waiter);

        assertThatThrownBy(() -> waiter.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .hasCauseInstanceOf(InterruptedException.class);
    }

    @Test
    default void many_who_wait_all_get_it_one_after_the_other() {
        var store = store();
        var inside = new AtomicInteger();
        var tokens = Collections.synchronizedList(new ArrayList<Long>());

        Together.run(8, thread -> {
            var leases = leases(store, "web." + thread, LONG);
            for (int i = 0; i < 10; i++) {
                try (var lease = acquired(leases.acquire(REPORT, Duration.ofSeconds(50)))) {
                    assertThat(inside.incrementAndGet()).isEqualTo(1);
                    tokens.add(lease.token());
                    inside.decrementAndGet();
                }
            }
        });

        assertThat(tokens).hasSize(80).isSorted().doesNotHaveDuplicates();
    }
}
