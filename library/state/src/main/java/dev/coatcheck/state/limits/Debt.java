package dev.coatcheck.state.limits;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/**
 * What a key owes to its limit: the time until all its permits are back. For adapters; applications need it not.
 *
 * <p>The arithmetic of GCRA is exact. A permit takes {@code window / permits} to come back, which is seldom a whole
 * number of microseconds, and rounding it would give a fast limit noticeably fewer permits than it promises (600,000 a
 * second is one in 1.67 µs). So a debt is whole microseconds, and a rest counted in {@code permits}-ths of one.
 *
 * <p>Immutable and thread-safe.
 *
 * @param limit the limit that it is owed to
 * @param micros whole microseconds, not negative
 * @param rest how many {@code 1 / limit.permits()} microseconds more; less than {@code limit.permits()}
 */
public record Debt(Limit limit, long micros, long rest) {

    public Debt {
        if (micros < 0 || rest < 0 || rest >= limit.permits()) {
            throw new IllegalArgumentException(
                    "no debt to limit \"%s\": %d µs and %d/%d".formatted(limit.name(), micros, rest, limit.permits()));
        }
    }

    /** Nothing is owed: the whole burst is there. */
    public static Debt none(Limit limit) {
        return new Debt(limit, 0, 0);
    }

    /** What an ask costs. */
    public static Debt of(Ask ask) {
        long permits = ask.limit().permits();
        long window = windowMicros(ask.limit());
        // window × cost may exceed a long; its two parts do not, since neither cost nor permits exceed 10^9.
        long rests = window % permits * ask.cost();
        return new Debt(ask.limit(), window / permits * ask.cost() + rests / permits, rests % permits);
    }

    /** The longest that any of these asks' permits take to come back: for so long a refund means something. */
    public static Duration longestOf(List<Ask> asks) {
        return Collections.max(asks.stream().map(ask -> of(ask).time()).toList());
    }

    /** This and another one of the same limit. */
    public Debt plus(Debt other) {
        long rests = rest + other.rest;
        long carry = rests / limit.permits();
        return new Debt(limit, micros + other.micros + carry, rests % limit.permits());
    }

    /** This less another one of the same limit; nothing is owed where that is more. */
    public Debt minus(Debt other) {
        long borrow = rest < other.rest ? 1 : 0;
        long left = micros - other.micros - borrow;
        return left < 0 ? none(limit) : new Debt(limit, left, rest - other.rest + borrow * limit.permits());
    }

    /** What is still owed when this many microseconds have passed. */
    public Debt after(long elapsedMicros) {
        return minus(new Debt(limit, Math.max(0, elapsedMicros), 0));
    }

    /**
     * The same number of permits owed to a limit that was changed since, rounded up to a whole microsecond and never
     * more than all its permits.
     */
    public Debt under(Limit changed) {
        if (changed.permits() == limit.permits() && changed.window().equals(limit.window())) {
            return new Debt(changed, micros, rest);
        }
        var owed = exact().multiply(BigInteger.valueOf(windowMicros(changed)));
        var permit = BigInteger.valueOf(windowMicros(limit)).multiply(BigInteger.valueOf(changed.permits()));
        var roundedUp = owed.add(permit).subtract(BigInteger.ONE).divide(permit);
        return new Debt(
                changed,
                roundedUp.min(BigInteger.valueOf(windowMicros(changed))).longValueExact(),
                0);
    }

    /** How long until it is no more than the limit allows, rounded up to a microsecond; zero where it is not. */
    public Duration excess() {
        return minus(new Debt(limit, windowMicros(limit), 0)).time();
    }

    /** How many permits are left beside it. */
    public long remaining() {
        var window = BigInteger.valueOf(windowMicros(limit));
        var left = window.multiply(BigInteger.valueOf(limit.permits())).subtract(exact());
        return left.signum() < 0 ? 0 : left.divide(window).longValueExact();
    }

    /** How long until nothing is owed, rounded up to a microsecond. */
    public Duration time() {
        return Duration.ofNanos(1_000 * (micros + (rest > 0 ? 1 : 0)));
    }

    /** The window of a limit in whole microseconds, the unit of all its arithmetic. */
    public static long windowMicros(Limit limit) {
        return limit.window().toNanos() / 1_000;
    }

    /** In {@code permits}-ths of a microsecond. */
    private BigInteger exact() {
        return BigInteger.valueOf(micros)
                .multiply(BigInteger.valueOf(limit.permits()))
                .add(BigInteger.valueOf(rest));
    }
}
