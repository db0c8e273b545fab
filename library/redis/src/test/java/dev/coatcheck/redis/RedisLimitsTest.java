package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.limits.Debt;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Decision.Reservation;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.OnOutage;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is Redis's own about limits: what is stored, and what is remembered here of what is blocked. */
class RedisLimitsTest {
    private static final Limit ONE_AN_HOUR = Limit.of("one", 1, Duration.ofHours(1));

    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Test
    void a_key_is_some_bytes_that_do_not_grow_with_its_limit_and_end_by_themselves() {
        var limits = store.redis().limits(new OnOutage.Closed());
        var large = Limit.of("large", Limit.MAX_PERMITS, Duration.ofHours(1));
        for (int i = 0; i < 1_000; i++) {
            limits.acquire(large.on("ada").withCost(1 + i));
        }

        var key = "coatcheck:limit:5:large:ada";
        assertThat(store.besides().keys("*")).containsExactly(key);
        assertThat(store.besides().strlen(key)).isLessThan(64);
        assertThat(store.besides().pttl(key)).isBetween(1L, Duration.ofHours(1).toMillis());
    }

    /** The server's arithmetic in doubles against the exact one here, step by step at the server's own times. */
    @ParameterizedTest
    @CsvSource({"7, PT10S", "600000, PT1S", "999983, PT1.000001S", "999999937, PT8784H", "3, PT0.001S", "1, PT8784H"})
    void the_server_counts_as_exactly_as_it_is_done_here(long permits, Duration window) {
        var limit = Limit.of("odd", permits, window);
        var random = new Random(permits);
        var owed = Debt.none(limit);
        long before = 0;
        try (var connection = Connection.open(RedisUrl.parse(store.url()), Duration.ofSeconds(20))) {
            for (int i = 0; i < 100; i++) {
                long cost = Math.max(1, (long) (random.nextDouble() * permits / 20));
                var ask = limit.on("ada").withCost(cost);
                var reply = connection.await(
                        "acquire",
                        connection.run(
                                RedisLimitStore.ACQUIRE, List.of("key"), RedisLimitStore.arguments(List.of(ask))));
                if (!"allowed".equals(reply.get(0))) {
                    continue;
                }
                long now = (Long) Objects.requireNonNull(reply.get(1));
                owed = owed.after(now - before).plus(Debt.of(ask));
                before = now;
                assertThat(reply.subList(2, 4)).containsExactly(owed.micros(), owed.rest());
            }
        }
        assertThat(before).as("nothing was allowed").isPositive();
    }

    @Test
    void a_block_that_is_known_here_ends_with_the_stores() {
        var limits = store.redis().limits(new OnOutage.Closed());
        var brief = Limit.of("short", 1, Duration.ofMillis(700));
        var least = Duration.ofDays(1);
        // A machine that is busy may hold up any one of them.
        for (int i = 0; i < 10 && least.compareTo(Duration.ofMillis(500)) > 0; i++) {
            var ask = brief.on("ada " + i);
            limits.acquire(ask);
            long asked = System.nanoTime();
            if (limits.acquire(ask) instanceof Limited limited) {
                await().pollInterval(Duration.ofMillis(1))
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> limits.acquire(ask) instanceof Allowed);
                var late = Duration.ofNanos(System.nanoTime() - asked).minus(limited.retryAfter());
                assertThat(late).isGreaterThan(Duration.ofMillis(-5));
                least = late.compareTo(least) < 0 ? late : least;
            }
        }
        assertThat(least)
                .as("allowed when the block was over, not a second later")
                .isLessThan(Duration.ofMillis(500));
    }

    @Test
    void what_another_process_refunds_is_seen_within_a_second() {
        var limits = store.redis().limits(new OnOutage.Closed());
        var others = store.redis().limits(new OnOutage.Closed());
        var reservation = ((Allowed) others.acquire(ONE_AN_HOUR.on("ada"))).reservation();
        assertThat(limits.acquire(ONE_AN_HOUR.on("ada"))).isInstanceOf(Limited.class);

        others.refund(reservation);

        await().atMost(Duration.ofSeconds(5)).until(() -> limits.acquire(ONE_AN_HOUR.on("ada")) instanceof Allowed);
    }

    @Test
    void the_wait_that_is_told_for_a_known_block_grows_shorter() {
        var limits = store.redis().limits(new OnOutage.Closed());
        limits.acquire(ONE_AN_HOUR.on("ada"));
        var first = ((Limited) limits.acquire(ONE_AN_HOUR.on("ada"))).retryAfter();

        await().atMost(Duration.ofSeconds(5))
                .until(() -> ((Limited) limits.acquire(ONE_AN_HOUR.on("ada")))
                                .retryAfter()
                                .compareTo(first)
                        < 0);
    }

    @Test
    void a_limit_that_a_newer_release_wrote_is_as_unreachable() {
        store.besides().set("coatcheck:limit:3:one:ada", "2 something new");

        assertThatThrownBy(() -> store.redis().limits(new OnOutage.Closed()).acquire(ONE_AN_HOUR.on("ada")))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("newer release");
        assertThat(store.redis().limits(new OnOutage.Open()).acquire(ONE_AN_HOUR.on("ada")))
                .isInstanceOf(Allowed.class);
    }

    @Test
    void a_server_whose_clock_was_set_back_blocks_for_a_window_at_most_and_each_jump_forward_gives_one_burst() {
        var limit = Limit.of("two", 2, Duration.ofHours(1));
        int granted = 0;
        for (int jump = 0; jump < 6; jump++) {
            var limits = store.redis().limits(new OnOutage.Closed()); // knows of no block yet
            for (int i = 0; i < 5; i++) {
                if (limits.acquire(limit.on("ada")) instanceof Limited limited) {
                    assertThat(limited.retryAfter()).isBetween(Duration.ofMinutes(29), Duration.ofHours(1));
                } else {
                    granted++;
                }
            }
            setClock("coatcheck:limit:3:two:ada", Duration.ofDays(jump % 2 == 0 ? 1 : -1));
        }
        assertThat(granted).as("the first two, and two for each jump forward").isEqualTo(2 + 3 * 2);

        setClock("coatcheck:limit:3:two:ada", Duration.ofDays(-1));
        var limits = store.redis().limits(new OnOutage.Closed());
        assertThat(limits.acquire(limit.on("ada"))).isInstanceOf(Limited.class);
        setClock("coatcheck:limit:3:two:ada", Duration.ofMinutes(59));
        assertThat(store.redis().limits(new OnOutage.Closed()).acquire(limit.on("ada")))
                .as("it owed what the limit allows, and not a day more")
                .isInstanceOf(Allowed.class);
    }

    /** What the server does depends on how far its clock is from what it stored; so this is moved instead. */
    private void setClock(String key, Duration by) {
        var stored = store.besides().get(key);
        if (stored != null) {
            var parts = stored.split(" ", 3);
            long micros = Long.parseLong(parts[1]) - by.toNanos() / 1_000;
            store.besides().set(key, parts[0] + " " + micros + " " + parts[2]);
        }
    }

    @Test
    void what_is_no_reservation_is_a_mistake() {
        var limits = store.redis().limits(new OnOutage.Closed());

        assertThatThrownBy(() -> limits.refund(new Reservation("forged", List.of(ONE_AN_HOUR.on("ada")))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
