package dev.coatcheck.redis;

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
    private static final int BATCH = PLACES / 2;

    private final Connection connection;
    private final QueueShare share = new QueueShare(PLACES);

    CacheCommands(Connection connection) {
        this.connection = connection;
    }

    /** How a script is run for one of several items. */
    @FunctionalInterface
    interface Command<S> extends Function<S, CompletableFuture<List<@Nullable Object>>> {}

    /**
     * Runs a script for each item and waits for all the answers, for one time-out in all, or for each {@value #BATCH}.
     *
     * @param attempt what is tried, for the exception
     */
    <S> List<List<@Nullable Object>> all(String attempt, List<S> items, Command<S> command) {
        var replies = new ArrayList<List<@Nullable Object>>(items.size());
        for (int from = 0; from < items.size(); from += BATCH) {
            long begun = System.nanoTime();
            var some = items.subList(from, Math.min(from + BATCH, items.size()));
            for (var answer : connection.send(share, attempt, requests(some, command))) {
                replies.add(connection.await(attempt, answer, begun));
            }
        }
        return replies;
    }

    /** Runs a script for as many of some items as there is room for now, and waits for nothing. */
    <S> void tell(List<S> items, Command<S> command) {
        share.tell(requests(items, command));
    }

    private static <S> List<Supplier<CompletableFuture<List<@Nullable Object>>>> requests(
            List<S> items, Command<S> command) {
        var requests = new ArrayList<Supplier<CompletableFuture<List<@Nullable Object>>>>(items.size());
        items.forEach(item -> requests.add(() -> command.apply(item)));
        return requests;
    }
}
