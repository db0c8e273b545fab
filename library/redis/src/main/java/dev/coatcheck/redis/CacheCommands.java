package dev.coatcheck.redis;

import dev.coatcheck.redis.CacheCommands.Outcome.Answered;
import dev.coatcheck.redis.CacheCommands.Outcome.Failed;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.QueueShare;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sends the scripts of a cache, one for each key and many together, within its share of the connection's queue. */
final class CacheCommands {
    /** How many may be under way; in a cluster, on all nodes together. */
    static final int PLACES = LettuceOptions.QUEUE / 5;

    /** How many are sent together at the most: more than there are keys in a call, though not more than there may be tags. */
    static final int BATCH = PLACES / 2;

    private final Connection connection;
    private final QueueShare share;

    CacheCommands(Connection connection) {
        this.connection = connection;
        this.share = new QueueShare(PLACES, connection.timeout().multipliedBy(2));
    }

    /** How many commands are without an answer. */
    int underWay() {
        return share.taken();
    }

    /** How a script is run for one of several items. */
    @FunctionalInterface
    interface Command<S> extends Function<S, CompletableFuture<List<@Nullable Object>>> {}

    /** What came of one of several commands. */
    sealed interface Outcome {
        record Answered(List<@Nullable Object> reply) implements Outcome {}

        /**
         * There is no answer.
         *
         * @param wasSent whether the server may have done it all the same
         */
        record Failed(BackingServiceException failure, boolean wasSent) implements Outcome {
            /** Whether the server refused it for want of room. */
            boolean isFull() {
                return Connection.isFull(failure);
            }
        }
    }

    /**
     * Runs a script for each item, and waits for all the answers or failures, for one time-out in all.
     *
     * @param attempt what is tried, for the exceptions
     */
    <S> List<Outcome> each(String attempt, List<S> items, Command<S> command) {
        long begun = System.nanoTime();
        var outcomes = new ArrayList<Outcome>(items.size());
        for (int from = 0; from < items.size(); from += BATCH) {
            var some = items.subList(from, Math.min(from + BATCH, items.size()));
            try {
                List<CompletableFuture<List<@Nullable Object>>> answers =
                        connection.<List<@Nullable Object>>send(share, attempt, requests(some, command), begun);
                long sent = System.nanoTime();
                for (var answer : answers) {
                    outcomes.add(outcome(attempt, answer, begun, sent));
                }
            } catch (BackingServiceException e) {
                some.forEach(item -> outcomes.add(new Failed(e, false)));
            }
        }
        return outcomes;
    }

    /** The same, where the first failure of one is that of all. */
    <S> List<List<@Nullable Object>> all(String attempt, List<S> items, Command<S> command) {
        var replies = new ArrayList<List<@Nullable Object>>(items.size());
        for (var outcome : each(attempt, items, command)) {
            switch (outcome) {
                case Answered(var reply) -> replies.add(reply);
                case Failed failed -> throw failed.failure();
            }
        }
        return replies;
    }

    /**
     * Throws what nothing was answered for.
     *
     * @throws BackingServiceException where all failed, and none for want of room
     */
    static void requireSome(List<Outcome> outcomes) {
        BackingServiceException first = null;
        for (var outcome : outcomes) {
            if (!(outcome instanceof Failed failed) || failed.isFull()) {
                return;
            }
            first = first == null ? failed.failure() : first;
        }
        if (first != null) {
            throw first;
        }
    }

    private Outcome outcome(String attempt, CompletableFuture<List<@Nullable Object>> answer, long begun, long sent) {
        try {
            return new Answered(connection.await(attempt, answer, begun, sent));
        } catch (BackingServiceException e) {
            return new Failed(e, true);
        }
    }

    /** Runs a script for as many of some items as there is room for now, and waits for nothing. */
    <S> void tell(List<S> items, Command<S> command) {
        share.<List<@Nullable Object>>tell(requests(items, command));
    }

    private static <S> List<Supplier<CompletableFuture<List<@Nullable Object>>>> requests(
            List<S> items, Command<S> command) {
        var requests = new ArrayList<Supplier<CompletableFuture<List<@Nullable Object>>>>(items.size());
        items.forEach(item -> requests.add(() -> command.apply(item)));
        return requests;
    }
}
