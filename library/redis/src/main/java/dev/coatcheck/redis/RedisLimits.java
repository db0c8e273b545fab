package dev.coatcheck.redis;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.limits.Ask;
import dev.coatcheck.state.limits.Debt;
import dev.coatcheck.state.limits.Decision;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Decision.Reservation;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Limits on Redis: a text of some fifty bytes for each key, which a script reads and writes, and which ends when all
 * permits are back.
 *
 * <p>Cost: {@code acquire} is one command, however many limits it asks, and none for a key that this process was told
 * within the last second is limited ({@link KnownBlocks}); {@code refund} is one.
 */
final class RedisLimits implements Limits {
    static final Script ACQUIRE = Script.of("limit.lua", "acquire.lua");
    private static final Script REFUND = Script.of("limit.lua", "refund.lua");

    private final Connection connection;
    private final String prefix;
    private final LimitsInOutage inOutage;
    private final KnownBlocks known = new KnownBlocks();
    private final ReservationIds ids = new ReservationIds();

    RedisLimits(Connection connection, String prefix, OnOutage onOutage) {
        this.connection = connection;
        this.prefix = prefix;
        this.inOutage = new LimitsInOutage(onOutage);
    }

    @Override
    public Decision acquire(List<Ask> asks) {
        Ask.requireDistinct(asks);
        var block = known.longestOf(asks);
        if (block.isPresent()) {
            return block.get();
        }
        long sent = System.nanoTime();
        try {
            var attempt = "acquire permits";
            var reply = connection.await(attempt, connection.run(ACQUIRE, keys(asks), arguments(asks)));
            return switch (String.valueOf(reply.get(0))) {
                case "allowed" -> allowed(asks, reply);
                case "limited" -> limited(asks, reply, sent);
                default ->
                    throw connection.failure(
                            attempt,
                            new IllegalStateException(
                                    "a newer release wrote a limit in a format that this one does not read"));
            };
        } catch (BackingServiceException e) {
            return inOutage.acquire(asks, e);
        }
    }

    @Override
    public void refund(Reservation reservation) {
        var asks = reservation.asks();
        if (inOutage.refund(reservation) || asks.isEmpty()) {
            return;
        }
        var keys = new ArrayList<>(List.of(prefix + "refunded:" + reservation.id()));
        keys.addAll(keys(asks));
        var arguments = new ArrayList<>(List.of(
                Long.toString(ReservationIds.spentAt(reservation)),
                Long.toString(1 + longestCost(asks).toMillis())));
        arguments.addAll(arguments(asks));
        try {
            connection.await("refund permits", connection.run(REFUND, keys, arguments));
        } catch (BackingServiceException e) {
            inOutage.refused(e);
        } finally {
            known.forget(asks);
        }
    }

    private Allowed allowed(List<Ask> asks, List<@Nullable Object> reply) {
        var least = debt(asks, reply, 0);
        for (int i = 1; i < asks.size(); i++) {
            var debt = debt(asks, reply, i);
            least = debt.remaining() < least.remaining() ? debt : least;
        }
        return new Allowed(new Reservation(ids.next(number(reply, 1)), asks), least.remaining(), least.time());
    }

    private Limited limited(List<Ask> asks, List<@Nullable Object> reply, long sent) {
        var longest = new Limited(asks.get((int) number(reply, 1)).limit(), Duration.ZERO);
        for (int i = 1; i < reply.size(); i += 2) {
            var ask = asks.get((int) number(reply, i));
            var wait = Duration.ofNanos(1_000 * number(reply, i + 1));
            known.add(ask, wait, sent);
            longest = wait.compareTo(longest.retryAfter()) > 0 ? new Limited(ask.limit(), wait) : longest;
        }
        return longest;
    }

    private List<String> keys(List<Ask> asks) {
        return asks.stream().map(this::key).toList();
    }

    /** With the length of the name, so that no other name and key make the same text. */
    private String key(Ask ask) {
        var name = ask.limit().name();
        return prefix + "limit:" + name.length() + ":" + name + ":" + ask.key();
    }

    static List<String> arguments(List<Ask> asks) {
        var arguments = new ArrayList<String>();
        for (var ask : asks) {
            var cost = Debt.of(ask);
            arguments.add(Long.toString(ask.limit().permits()));
            arguments.add(Long.toString(Debt.windowMicros(ask.limit())));
            arguments.add(Long.toString(cost.micros()));
            arguments.add(Long.toString(cost.rest()));
        }
        return arguments;
    }

    private static Duration longestCost(List<Ask> asks) {
        var longest = Duration.ZERO;
        for (var ask : asks) {
            var cost = Debt.of(ask).time();
            longest = cost.compareTo(longest) > 0 ? cost : longest;
        }
        return longest;
    }

    private static Debt debt(List<Ask> asks, List<@Nullable Object> reply, int ask) {
        return new Debt(asks.get(ask).limit(), number(reply, 2 + 2 * ask), number(reply, 3 + 2 * ask));
    }

    private static long number(List<@Nullable Object> reply, int index) {
        return Long.parseLong(String.valueOf(reply.get(index)));
    }
}
