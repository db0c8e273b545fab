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
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Limits on Redis: a text of some fifty bytes for each key, which a script reads and writes, and which ends when all
 * permits are back.
 *
 * <p>Cost: {@code acquire} is one command, however many limits it asks, and none for a key that this process was told
 * within the last second is limited ({@link KnownBlocks}); {@code refund} is one. In a cluster it is one for each slot, one
 * after the other; where one refuses, what others allowed is given back, with a command for each again. A limit
 * is never exceeded, but others may for that moment find fewer permits than there are.
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
        var spent = new ArrayList<Allowed>();
        var refused = new ArrayList<Limited>();
        try {
            for (var group : together(asks)) {
                switch (acquireTogether(group)) {
                    case Allowed allowed -> spent.add(allowed);
                    case Limited limited -> refused.add(limited);
                }
            }
        } catch (BackingServiceException e) {
            giveBack(spent);
            return inOutage.acquire(asks, e);
        }
        if (refused.isEmpty()) {
            return all(asks, spent);
        }
        giveBack(spent);
        return Collections.max(refused, Comparator.comparing(Limited::retryAfter));
    }

    private Decision acquireTogether(List<Ask> asks) {
        long sent = System.nanoTime();
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
    }

    /** What can be asked in one command, in an order that a refund finds again. */
    private List<List<Ask>> together(List<Ask> asks) {
        return connection.isCluster() ? Slots.together(asks, this::key) : List.of(asks);
    }

    /** What was allowed in some slots and then refused in another; what cannot be given back grows back. */
    private void giveBack(List<Allowed> spent) {
        for (var allowed : spent) {
            try {
                refundTogether(allowed.reservation());
            } catch (BackingServiceException e) {
                // It was told where it matters: by the decision.
            }
        }
    }

    private static Allowed all(List<Ask> asks, List<Allowed> groups) {
        if (groups.size() == 1) {
            return groups.get(0);
        }
        var ids = groups.stream().map(allowed -> allowed.reservation().id()).collect(Collectors.joining(","));
        var least = Collections.min(groups, Comparator.comparingLong(Allowed::remaining));
        return new Allowed(new Reservation(ids, asks), least.remaining(), least.resetAfter());
    }

    @Override
    public void refund(Reservation reservation) {
        var asks = reservation.asks();
        if (inOutage.refund(reservation) || asks.isEmpty()) {
            return;
        }
        var groups = together(asks);
        var ids = reservation.id().split(",", -1);
        if (ids.length != groups.size()) {
            throw new IllegalArgumentException("not a reservation of these limits: \"" + reservation.id() + "\"");
        }
        try {
            for (int i = 0; i < ids.length; i++) {
                refundTogether(new Reservation(ids[i], groups.get(i)));
            }
        } catch (BackingServiceException e) {
            inOutage.refused(e);
        } finally {
            known.forget(asks);
        }
    }

    private void refundTogether(Reservation reservation) {
        var asks = reservation.asks();
        var keys = new ArrayList<>(List.of(prefix + "refunded:" + slotTag(asks) + reservation.id()));
        keys.addAll(keys(asks));
        var arguments = new ArrayList<>(List.of(
                Long.toString(ReservationIds.spentAt(reservation)),
                Long.toString(1 + longestCost(asks).toMillis())));
        arguments.addAll(arguments(asks));
        connection.await("refund permits", connection.run(REFUND, keys, arguments));
    }

    private String slotTag(List<Ask> asks) {
        return connection.isCluster() ? Slots.tagLike(key(asks.get(0))) : "";
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
