package dev.coatcheck.redis;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.limits.Ask;
import dev.coatcheck.state.limits.Debt;
import dev.coatcheck.state.limits.Decision.Reservation;
import dev.coatcheck.state.limits.LimitStore;
import dev.coatcheck.state.limits.LimitStore.Answer.Refused;
import dev.coatcheck.state.limits.LimitStore.Answer.Spent;
import dev.coatcheck.state.limits.ReservationIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Limits on Redis: a text of some fifty bytes for each key, which a script reads and writes, and which ends when all
 * permits are back.
 *
 * <p>Cost: {@code acquire} is one command, however many limits it asks; {@code refund} is one. In a cluster it is one for
 * each slot, one after the other; where one refuses, what others allowed is given back, with a command for each again. A
 * limit is never exceeded, but others may for that moment find fewer permits than there are.
 */
final class RedisLimitStore implements LimitStore {
    static final Script ACQUIRE = Script.of("limit.lua", "acquire.lua");
    private static final Script REFUND = Script.of("limit.lua", "refund.lua");

    private final Connection connection;
    private final String prefix;
    private final ReservationIds ids = new ReservationIds();

    RedisLimitStore(Connection connection, String prefix) {
        this.connection = connection;
        this.prefix = prefix;
    }

    /** Asks that were spent together in one slot. */
    private record Group(List<Ask> asks, Spent spent) {
        Reservation reservation() {
            return new Reservation(spent.reservation(), asks);
        }
    }

    @Override
    public Answer acquire(List<Ask> asks) {
        var spent = new ArrayList<Group>();
        var refused = new ArrayList<Block>();
        try {
            for (var group : together(asks)) {
                switch (acquireTogether(group)) {
                    case Spent all -> spent.add(new Group(group, all));
                    case Refused(var blocks) -> refused.addAll(blocks);
                }
            }
        } catch (BackingServiceException e) {
            giveBack(spent);
            throw e;
        }
        if (refused.isEmpty()) {
            return all(asks, spent);
        }
        giveBack(spent);
        return new Refused(refused);
    }

    private Answer acquireTogether(List<Ask> asks) {
        var attempt = "acquire permits";
        var reply = connection.await(attempt, connection.run(ACQUIRE, keys(asks), arguments(asks)));
        return switch (String.valueOf(reply.get(0))) {
            case "allowed" -> spent(asks, reply);
            case "limited" -> refused(asks, reply);
            default ->
                throw connection.failure(
                        attempt,
                        new IllegalStateException(
                                "a newer release wrote a limit in a format that this one does not read"));
        };
    }

    private Spent spent(List<Ask> asks, List<@Nullable Object> reply) {
        var debts = new ArrayList<Debt>();
        for (int i = 0; i < asks.size(); i++) {
            debts.add(new Debt(asks.get(i).limit(), number(reply, 2 + 2 * i), number(reply, 3 + 2 * i)));
        }
        return new Spent(ids.next(number(reply, 1)), debts);
    }

    private static Refused refused(List<Ask> asks, List<@Nullable Object> reply) {
        var blocks = new ArrayList<Block>();
        for (int i = 1; i < reply.size(); i += 2) {
            blocks.add(new Block(asks.get((int) number(reply, i)), Duration.ofNanos(1_000 * number(reply, i + 1))));
        }
        return new Refused(blocks);
    }

    /** What can be asked in one command, in an order that a refund finds again. */
    private List<List<Ask>> together(List<Ask> asks) {
        return connection.isCluster() ? Slots.together(asks, this::key) : List.of(asks);
    }

    /** What was allowed in some slots and then refused in another; what cannot be given back grows back. */
    private void giveBack(List<Group> spent) {
        for (var group : spent) {
            try {
                refundTogether(group.reservation());
            } catch (BackingServiceException e) {
                // It was told where it matters: by the decision.
            }
        }
    }

    private static Spent all(List<Ask> asks, List<Group> groups) {
        if (groups.size() == 1) {
            return groups.get(0).spent();
        }
        var ids = groups.stream().map(group -> group.spent().reservation()).collect(Collectors.joining(","));
        Map<Ask, Debt> debts = new HashMap<>();
        for (var group : groups) {
            for (int i = 0; i < group.asks().size(); i++) {
                debts.put(group.asks().get(i), group.spent().debts().get(i));
            }
        }
        return new Spent(
                ids,
                asks.stream().map(ask -> Objects.requireNonNull(debts.get(ask))).toList());
    }

    @Override
    public void refund(Reservation reservation) {
        var groups = together(reservation.asks());
        var ids = reservation.id().split(",", -1);
        if (ids.length != groups.size()) {
            throw new IllegalArgumentException("not a reservation of these limits: \"" + reservation.id() + "\"");
        }
        for (int i = 0; i < ids.length; i++) {
            refundTogether(new Reservation(ids[i], groups.get(i)));
        }
    }

    private void refundTogether(Reservation reservation) {
        var asks = reservation.asks();
        var keys = new ArrayList<>(List.of(prefix + "refunded:" + slotTag(asks) + reservation.id()));
        keys.addAll(keys(asks));
        var arguments = new ArrayList<>(List.of(
                Long.toString(ReservationIds.spentAt(reservation)),
                Long.toString(1 + Debt.longestOf(asks).toMillis())));
        arguments.addAll(arguments(asks));
        connection.await("refund permits", connection.run(REFUND, keys, arguments));
    }

    private String slotTag(List<Ask> asks) {
        return connection.isCluster() ? Slots.tagLike(key(asks.get(0))) : "";
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

    private static long number(List<@Nullable Object> reply, int index) {
        return Long.parseLong(String.valueOf(reply.get(index)));
    }
}
