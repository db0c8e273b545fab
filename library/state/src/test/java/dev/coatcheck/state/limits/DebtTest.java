package dev.coatcheck.state.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DebtTest {

    static Stream<Limit> limits() {
        return Stream.of(
                Limit.of("one", 1, Duration.ofMillis(1)),
                Limit.of("smooth", 5, Duration.ofMinutes(15)),
                Limit.of("odd", 7, Duration.ofSeconds(10)),
                Limit.of("fast", 600_000, Duration.ofSeconds(1)),
                Limit.of("fastest", 1_000_000_000, Duration.ofSeconds(1_000)),
                Limit.of("prime", 999_999_937, Limit.MAX_WINDOW),
                Limit.of("largest", Limit.MAX_PERMITS, Limit.MAX_WINDOW),
                Limit.of("slowest", 1, Limit.MAX_WINDOW));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void a_burst_spent_in_any_portions_is_exactly_the_whole_window(Limit limit) {
        var random = new Random(limit.permits());
        var debt = Debt.none(limit);
        for (long left = limit.permits(); left > 0; ) {
            assertThat(debt.remaining()).isEqualTo(left);
            long cost = random.nextInt(3) == 0 ? 1 : 1 + (long) (random.nextDouble() * left);
            debt = debt.plus(Debt.of(limit.on("key").withCost(cost)));
            left -= cost;
        }
        assertThat(debt).isEqualTo(new Debt(limit, Debt.windowMicros(limit), 0));
        assertThat(debt.remaining()).isZero();
        assertThat(debt.excess()).isZero();
        assertThat(debt.time()).isEqualTo(limit.window());
    }

    @ParameterizedTest
    @MethodSource("limits")
    void one_permit_too_many_is_over_by_the_time_that_a_permit_takes(Limit limit) {
        var tooMuch = Debt.of(limit.on("key").withCost(limit.permits())).plus(Debt.of(limit.on("key")));

        var micros = BigInteger.valueOf(Debt.windowMicros(limit));
        var roundedUp = micros.add(BigInteger.valueOf(limit.permits() - 1)).divide(BigInteger.valueOf(limit.permits()));
        assertThat(tooMuch.excess()).isEqualTo(Duration.ofNanos(1_000 * roundedUp.longValueExact()));
        assertThat(tooMuch.after(roundedUp.longValueExact()).excess()).isZero();
        assertThat(tooMuch.after(roundedUp.longValueExact() - 1).excess()).isEqualTo(Duration.ofNanos(1_000));
        assertThat(tooMuch.remaining()).isZero();
    }

    @ParameterizedTest
    @MethodSource("limits")
    void what_is_taken_away_again_was_never_there(Limit limit) {
        var some = Debt.of(limit.on("key"));
        var more = Debt.of(limit.on("key").withCost(limit.permits()));

        assertThat(some.plus(more).minus(some)).isEqualTo(more);
        assertThat(some.plus(more).minus(more)).isEqualTo(some);
        assertThat(some.minus(more.plus(some))).isEqualTo(Debt.none(limit));
    }

    @Test
    void under_a_changed_limit_the_same_number_of_permits_is_owed() {
        var three = Debt.of(Limit.of("a", 10, Duration.ofHours(1)).on("key").withCost(3));

        assertThat(three.under(Limit.of("a", 20, Duration.ofHours(1))).remaining())
                .isEqualTo(17);
        assertThat(three.under(Limit.of("a", 10, Duration.ofSeconds(1))).remaining())
                .isEqualTo(7);
        assertThat(three.under(Limit.of("a", 2, Duration.ofHours(1))).time()).isEqualTo(Duration.ofHours(1));
    }
}
