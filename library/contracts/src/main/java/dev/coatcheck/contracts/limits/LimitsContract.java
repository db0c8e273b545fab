package dev.coatcheck.contracts.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.limits.Ask;
import dev.coatcheck.state.limits.Decision;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Decision.Reservation;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every adapter of {@link Limits} passes. Most limits here have windows of hours, so that nothing grows back while
 * a test runs.
 */
public abstract class LimitsContract {
    private static final Limit FIVE_AN_HOUR = Limit.of("five", 5, Duration.ofHours(1));
    private static final Limit TWO_AN_HOUR = Limit.of("two", 2, Duration.ofHours(1));

    /**
     * The limits under test; called once in each test.
     *
     * @return limits on a store that holds nothing of another test
     */
    protected abstract Limits limits();

    @Test
    void a_key_starts_with_its_whole_burst_and_is_then_refused() {
        var limits = limits();

        for (long left = 4; left >= 0; left--) {
            var allowed = allowed(limits.acquire(FIVE_AN_HOUR.on("ada")));
            assertThat(allowed.remaining()).isEqualTo(left);
            assertThat(allowed.resetAfter()).isBetween(minutes(60 - 12 * left - 1), minutes(60 - 12 * left));
            assertThat(allowed.reservation().asks()).containsExactly(FIVE_AN_HOUR.on("ada"));
        }

        var limited = limited(limits.acquire(FIVE_AN_HOUR.on("ada")));
        assertThat(limited.limit()).isEqualTo(FIVE_AN_HOUR);
        assertThat(limited.retryAfter()).isBetween(minutes(11), minutes(12));
    }

    @Test
    void what_was_refused_costs_nothing() {
        var limits = limits();
        spend(limits, FIVE_AN_HOUR.on("ada").withCost(3));

        for (int i = 0; i < 20; i++) {
            var limited = limited(limits.acquire(FIVE_AN_HOUR.on("ada").withCost(3)));
            assertThat(limited.retryAfter()).isBetween(minutes(11), minutes(12));
        }

        assertThat(spend(limits, FIVE_AN_HOUR.on("ada").withCost(2)).remaining())
                .isZero();
    }

    @Test
    void less_may_be_allowed_where_more_was_just_refused() {
        var limits = limits();
        spend(limits, FIVE_AN_HOUR.on("ada").withCost(4));

        limited(limits.acquire(FIVE_AN_HOUR.on("ada").withCost(5)));
        limited(limits.acquire(FIVE_AN_HOUR.on("ada").withCost(2)));

        spend(limits, FIVE_AN_HOUR.on("ada"));
    }

    @Test
    void keys_and_limits_are_counted_apart() {
        var limits = limits();
        exhaust(limits, TWO_AN_HOUR, "ada");
        exhaust(limits, Limit.of("a:b", 2, Duration.ofHours(1)), "c");

        spend(limits, TWO_AN_HOUR.on("grace"));
        spend(limits, FIVE_AN_HOUR.on("ada"));
        spend(limits, Limit.of("a", 2, Duration.ofHours(1)).on("b:c"));
    }

    @Test
    void several_limits_are_granted_together_or_not_at_all() {
        var limits = limits();
        exhaust(limits, TWO_AN_HOUR, "10.0.0.1");

        limited(limits.acquire(FIVE_AN_HOUR.on("ada"), TWO_AN_HOUR.on("10.0.0.1")));
        limited(limits.acquire(TWO_AN_HOUR.on("10.0.0.1"), FIVE_AN_HOUR.on("ada")));

        assertThat(spend(limits, FIVE_AN_HOUR.on("ada")).remaining())
                .as("nothing was spent when the other limit refused")
                .isEqualTo(4);
    }

    @Test
    void of_several_limits_the_answer_speaks_of_the_one_that_has_least() {
        var limits = limits();

        var allowed = allowed(limits.acquire(FIVE_AN_HOUR.on("ada"), TWO_AN_HOUR.on("ada")));

        assertThat(allowed.limit()).isEqualTo(TWO_AN_HOUR);
        assertThat(allowed.remaining()).isEqualTo(1);
        assertThat(allowed.resetAfter()).isBetween(minutes(29), minutes(30));
        assertThat(allowed.reservation().asks()).containsExactly(FIVE_AN_HOUR.on("ada"), TWO_AN_HOUR.on("ada"));
    }

    @Test
    void of_several_limits_that_refuse_the_answer_speaks_of_the_one_with_the_longest_wait() {
        var limits = limits();
        exhaust(limits, FIVE_AN_HOUR, "ada");
        exhaust(limits, TWO_AN_HOUR, "ada");

        var limited = limited(limits.acquire(FIVE_AN_HOUR.on("ada"), TWO_AN_HOUR.on("ada")));

        assertThat(limited.limit()).isEqualTo(TWO_AN_HOUR);
        assertThat(limited.retryAfter()).isBetween(minutes(29), minutes(30));
    }

    @Test
    void asking_for_nothing_or_twice_for_one_key_is_a_mistake() {
        var limits = limits();

        assertThatThrownBy(limits::acquire).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> limits.acquire(
                        FIVE_AN_HOUR.on("ada"), FIVE_AN_HOUR.on("ada").withCost(2)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_refused_caller_who_waits_as_long_as_told_is_allowed() {
        var limits = limits();
        var limit = Limit.of("short", 3, Duration.ofMillis(1_500));

        for (int i = 0; i < 3; i++) {
            var decision = limits.acquire(limit.on("ada"));
            while (decision instanceof Allowed) {
                decision = limits.acquire(limit.on("ada"));
            }
            var limited = limited(decision);
            assertThat(limited.retryAfter()).isPositive().isLessThanOrEqualTo(Duration.ofMillis(500));
            waitFor(limited.retryAfter());
            spend(limits, limit.on("ada"));
        }
    }

    @Test
    void permits_come_back_one_by_one_and_never_faster_than_the_limit() {
        var limits = limits();
        var limit = Limit.of("fast", 40, Duration.ofSeconds(1));
        long begin = System.nanoTime();
        int granted = 0;
        while (System.nanoTime() - begin < 1_500_000_000L || granted <= 60) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
            granted += limits.acquire(limit.on("ada")) instanceof Allowed ? 1 : 0;
        }
        long end = System.nanoTime();

        // 40 at once and one each 25 ms.
        assertThat(granted).isLessThanOrEqualTo((int) (40 + (end - begin) / 25_000_000 + 1));
    }

    @Test
    void what_is_refunded_may_be_spent_again() {
        var limits = limits();
        var reservation =
                spend(limits, TWO_AN_HOUR.on("ada"), FIVE_AN_HOUR.on("ada")).reservation();
        spend(limits, TWO_AN_HOUR.on("ada"));
        limited(limits.acquire(TWO_AN_HOUR.on("ada")));

        limits.refund(reservation);

        assertThat(spend(limits, TWO_AN_HOUR.on("ada")).remaining()).isZero();
        assertThat(spend(limits, FIVE_AN_HOUR.on("ada")).remaining()).isEqualTo(4);
        limited(limits.acquire(TWO_AN_HOUR.on("ada")));
    }

    @Test
    void a_reservation_that_is_refunded_twice_counts_once() {
        var limits = limits();
        var reservation = spend(limits, FIVE_AN_HOUR.on("ada")).reservation();
        spend(limits, FIVE_AN_HOUR.on("ada").withCost(4));

        Together.run(4, thread -> limits.refund(reservation));
        limits.refund(reservation);

        spend(limits, FIVE_AN_HOUR.on("ada"));
        limited(limits.acquire(FIVE_AN_HOUR.on("ada")));
    }

    @Test
    void what_has_grown_back_by_itself_is_not_given_back_again() {
        var limits = limits();
        var limit = Limit.of("short", 2, Duration.ofMillis(500));
        var old = spend(limits, limit.on("ada").withCost(2)).reservation();
        waitFor(limit.window());
        var longer = Limit.of("short", 2, Duration.ofHours(1));
        spend(limits, longer.on("ada").withCost(2));

        limits.refund(old);

        limited(limits.acquire(longer.on("ada")));
    }

    @Test
    void a_refund_never_makes_more_than_the_whole_burst() {
        var limits = limits();
        limits.refund(spend(limits, FIVE_AN_HOUR.on("ada").withCost(5)).reservation());

        assertThat(spend(limits, FIVE_AN_HOUR.on("ada").withCost(5)).remaining())
                .isZero();
        limited(limits.acquire(FIVE_AN_HOUR.on("ada")));
    }

    @Test
    void a_changed_limit_applies_at_once_and_what_was_spent_stays_spent() {
        var limits = limits();
        exhaust(limits, FIVE_AN_HOUR, "ada");

        assertThat(spend(limits, Limit.of("five", 10, Duration.ofHours(1)).on("ada"))
                        .remaining())
                .as("raised to 10, of which 5 and now 6 are spent")
                .isEqualTo(4);
        var lowered =
                limited(limits.acquire(Limit.of("five", 3, Duration.ofHours(1)).on("ada")));
        assertThat(lowered.retryAfter()).isBetween(minutes(19), minutes(20));
        var shortened = limited(
                limits.acquire(Limit.of("five", 3, Duration.ofMinutes(3)).on("ada")));
        assertThat(shortened.retryAfter()).isBetween(Duration.ofSeconds(40), minutes(1));
    }

    @Test
    void among_threads_exactly_as_much_is_granted_as_there_is() {
        var limits = limits();
        var limit = Limit.of("many", 1_000, Duration.ofDays(1));

        var granted = Together.call(8, thread -> {
            int mine = 0;
            for (int i = 0; i < 200; i++) {
                mine += limits.acquire(limit.on("all")) instanceof Allowed ? 1 : 0;
            }
            return mine;
        });

        assertThat(granted.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1_000);
    }

    @Test
    void the_largest_limit_is_counted_exactly() {
        var limits = limits();
        var limit = Limit.of("largest", Limit.MAX_PERMITS, Limit.MAX_WINDOW);

        var nearlyAll = spend(limits, limit.on("ada").withCost(Limit.MAX_PERMITS - 1));

        assertThat(nearlyAll.remaining()).isEqualTo(1);
        assertThat(nearlyAll.resetAfter()).isBetween(Limit.MAX_WINDOW.minusMillis(32), Limit.MAX_WINDOW);
        var limited = limited(limits.acquire(limit.on("ada").withCost(Limit.MAX_PERMITS)));
        assertThat(limited.retryAfter()).isBetween(Limit.MAX_WINDOW.minusMinutes(5), Limit.MAX_WINDOW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "*", "a b", "{a}", "'; --", "é 漢字 🧥", "0", "-1", ":", "\u0001"})
    void any_text_is_a_key_and_a_name(String text) {
        var limits = limits();
        var limit = Limit.of("name" + text, 2, Duration.ofHours(1));

        exhaust(limits, limit, text);

        limited(limits.acquire(limit.on(text)));
        spend(limits, limit.on(text + text + "x"));
    }

    @Test
    void what_a_visitor_may_send_is_a_key_even_where_it_is_no_text() {
        var limits = limits();
        for (var text : List.of("x".repeat(100_000), "a\0b", "\ud83e", "\udde5a")) {
            exhaust(limits, TWO_AN_HOUR, text);
            limited(limits.acquire(TWO_AN_HOUR.on(text)));
            spend(limits, TWO_AN_HOUR.on(text + "x"));
        }
    }

    @Test
    void those_who_ask_for_the_same_limits_in_another_order_do_not_wait_for_each_other() {
        var limits = limits();
        var left = Limit.of("left", 500, Duration.ofDays(1));
        var right = Limit.of("right", 700, Duration.ofDays(1));

        var granted = Together.call(4, thread -> {
            var asks = thread % 2 == 0
                    ? List.of(left.on("all"), right.on("all"))
                    : List.of(right.on("all"), left.on("all"));
            int mine = 0;
            for (int i = 0; i < 200; i++) {
                mine += limits.acquire(asks) instanceof Allowed ? 1 : 0;
            }
            return mine;
        });

        assertThat(granted.stream().mapToInt(Integer::intValue).sum()).isEqualTo(500);
        assertThat(spend(limits, right.on("all")).remaining()).isEqualTo(199);
    }

    @Test
    void a_reservation_tells_itself_from_every_other() {
        var limits = limits();
        var limit = Limit.of("many", 10_000, Duration.ofDays(1));

        var ids = new ArrayList<String>();
        Together.call(4, thread -> {
                    var mine = new ArrayList<Reservation>();
                    for (int i = 0; i < 100; i++) {
                        mine.add(spend(limits, limit.on("all")).reservation());
                    }
                    return mine;
                })
                .forEach(reservations -> reservations.forEach(reservation -> ids.add(reservation.id())));

        assertThat(ids).hasSize(400).doesNotHaveDuplicates();
    }

    private static Allowed spend(Limits limits, Ask... asks) {
        return allowed(limits.acquire(asks));
    }

    private static void exhaust(Limits limits, Limit limit, String key) {
        spend(limits, limit.on(key).withCost(limit.permits()));
        limited(limits.acquire(List.of(limit.on(key))));
    }

    private static Allowed allowed(Decision decision) {
        assertThat(decision).isInstanceOf(Allowed.class);
        return (Allowed) decision;
    }

    private static Limited limited(Decision decision) {
        assertThat(decision).isInstanceOf(Limited.class);
        return (Limited) decision;
    }

    /** Time itself is what these tests are about, so they wait for it. */
    private static void waitFor(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private static Duration minutes(long minutes) {
        return Duration.ofMinutes(minutes);
    }
}
