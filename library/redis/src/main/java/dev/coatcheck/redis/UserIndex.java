package dev.coatcheck.redis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Which sessions are a user's: mended, not trusted. What it names may have ended, and is then pruned by who reads it; but
 * a live session of the user is never missing, whoever crashes when.
 *
 * <p>That holds because a log-in tells the index first ({@link #mention}) and the session then, and says when it told
 * the index: the session takes the user only within {@link #LETS_KNOW} of that. And {@link #prune} spares what was mentioned
 * after the list was made or within {@link #PENDING} before, which is longer; so what it drops was no log-in under way
 * when the sessions were looked at. Either process may be held up for any time. The times are the server's.
 *
 * <p>A session that lives on mentions itself again ({@link #mend}), so that an index that was lost comes back.
 */
final class UserIndex {
    static final long LETS_KNOW = 30_000;
    static final long PENDING = 60_000;

    private static final Script INDEX = Script.of("index.lua");
    private static final Script LIST = Script.of("list.lua");
    private static final Script PRUNE = Script.of("prune.lua");

    private final Connection connection;
    private final String prefix;
    private final long longestMillis;

    /** What the index named, and when by the server's clock. */
    record Listed(long millis, List<String> handles) {}

    UserIndex(Connection connection, String prefix, long absoluteMillis) {
        this.connection = connection;
        this.prefix = prefix + "sessions-of:";
        this.longestMillis = absoluteMillis + PENDING;
    }

    /** Says that a session is about to be the user's; gives the time of the server. */
    long mention(String attempt, String user, String handle) {
        var reply = connection.await(attempt, send(user, handle));
        return Long.parseLong(String.valueOf(reply.get(0)));
    }

    /** Says that a session still is the user's; nobody waits for it, since the next time mends what is lost this time. */
    void mend(String user, String handle) {
        var unused = send(user, handle);
    }

    /** What may be sessions of the user. */
    Listed list(String attempt, String user) {
        var reply = connection.await(attempt, connection.run(LIST, List.of(prefix + user), List.of()));
        var handles = reply.get(1) instanceof List<?> list ? list : List.of();
        return new Listed(
                Long.parseLong(String.valueOf(reply.get(0))),
                handles.stream().map(String::valueOf).toList());
    }

    /** Drops sessions that have been ended, whose handles never come back; nobody waits for it. */
    void forget(String user, Collection<String> handles) {
        if (!handles.isEmpty()) {
            var unused = connection.send(redis -> redis.zrem(prefix + user, handles.toArray(String[]::new)));
        }
    }

    /**
     * Drops all that was listed but the live sessions of the user, unless it may be about to be one; nobody waits for it.
     */
    void prune(String user, Listed listed, Collection<String> live) {
        var arguments = new ArrayList<String>();
        arguments.add(Long.toString(listed.millis - PENDING));
        listed.handles.stream().filter(handle -> !live.contains(handle)).forEach(arguments::add);
        if (arguments.size() > 1) {
            var unused = connection.run(PRUNE, List.of(prefix + user), arguments);
        }
    }

    private CompletableFuture<? extends List<?>> send(String user, String handle) {
        return connection.run(INDEX, List.of(prefix + user), List.of(handle, Long.toString(longestMillis)));
    }
}
