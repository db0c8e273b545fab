package dev.coatcheck.memcached;

import dev.coatcheck.state.BackingServiceException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Single items of a server: what its answers to requests mean. */
final class Items {
    private final Connection connection;

    Items(Connection connection) {
        this.connection = connection;
    }

    /** What a key holds. */
    Optional<Reply.Item> read(String attempt, String key) {
        return item(attempt, connection.ask(attempt, Request.get(key)));
    }

    /** What some keys hold, without those that hold nothing: one round trip. */
    Map<String, Reply.Item> readAll(String attempt, List<String> keys) {
        var distinct = List.copyOf(new LinkedHashSet<>(keys));
        var replies =
                connection.askAll(attempt, distinct.stream().map(Request::get).toList());
        var items = new HashMap<String, Reply.Item>();
        for (int i = 0; i < replies.size(); i++) {
            var key = distinct.get(i);
            item(attempt, replies.get(i)).ifPresent(item -> items.put(key, item));
        }
        return items;
    }

    /** Whether it was; false where somebody else came first. */
    boolean isStored(String attempt, byte[] request) {
        return isStored(attempt, connection.ask(attempt, request));
    }

    /** Whether the answer to a request that stores says that it did. */
    boolean isStored(String attempt, Reply reply) {
        if (reply instanceof Reply.Line(String text)) {
            switch (text) {
                case "STORED" -> {
                    return true;
                }
                case "NOT_STORED", "EXISTS", "NOT_FOUND" -> {
                    return false;
                }
                default -> {}
            }
        }
        throw unexpected(attempt, reply);
    }

    /** Removes what a key holds, if it holds anything. */
    void delete(String attempt, String key) {
        var reply = connection.ask(attempt, Request.delete(key));
        if (!(reply instanceof Reply.Line(String text)) || !(text.equals("DELETED") || text.equals("NOT_FOUND"))) {
            throw unexpected(attempt, reply);
        }
    }

    private Optional<Reply.Item> item(String attempt, Reply reply) {
        return switch (reply) {
            case Reply.Item item -> Optional.of(item);
            case Reply.Nothing nothing -> Optional.empty();
            case Reply.Line line -> throw unexpected(attempt, line);
            case Reply.Statistics statistics -> throw unexpected(attempt, statistics);
        };
    }

    private BackingServiceException unexpected(String attempt, Reply reply) {
        var answer = reply instanceof Reply.Line(String text)
                ? text
                : reply.getClass().getSimpleName();
        return connection.failure(attempt, new IllegalStateException("the server answered " + answer));
    }
}
