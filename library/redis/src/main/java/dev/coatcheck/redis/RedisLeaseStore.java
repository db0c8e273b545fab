package dev.coatcheck.redis;

import dev.coatcheck.state.leases.Grant;
import dev.coatcheck.state.leases.GrantResult;
import dev.coatcheck.state.leases.GrantResult.Granted;
import dev.coatcheck.state.leases.GrantResult.Refused;
import dev.coatcheck.state.leases.Holder;
import dev.coatcheck.state.leases.LeaseStore;
import dev.coatcheck.state.leases.WaitingRoom;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Leases on Redis: a key that ends with the lease, and beside it, in the same slot of a cluster, the last token, which is
 * kept for two days.
 *
 * <p>Cost: each method is one command; renewing is one for each lease, all sent together. Who waits listens on a
 * connection of its own, made when somebody waits for the first time. A server that is full grants nothing new, but renews
 * and releases.
 */
final class RedisLeaseStore implements LeaseStore, AutoCloseable {
    private static final Script GRANT = Script.of("lease-grant.lua");
    private static final Script RENEW = Script.of("lease-renew.lua");
    private static final Script RELEASE = Script.of("lease-release.lua");
    private static final Script HOLDER = Script.of("lease-holder.lua");

    /** Longer than any lease, and than a clock is ever set back. */
    private static final String KEEP_TOKEN_MILLIS =
            Long.toString(Duration.ofDays(2).toMillis());

    private final Connection connection;
    private final String prefix;
    private final String channel;
    private final WaitingRoom waiting;
    private final Listener listener;

    RedisLeaseStore(Connection connection, String prefix) {
        this.connection = connection;
        this.prefix = prefix;
        this.channel = prefix + "lease-released";
        this.waiting = new WaitingRoom();
        this.listener = new Listener(connection, List.of(channel), waiting::wake, waiting::wakeAll);
    }

    @Override
    public GrantResult grant(String name, String holder, Duration duration) {
        var attempt = "acquire the lease \"" + name + "\"";
        var arguments = List.of(holder, Long.toString(duration.toMillis()), KEEP_TOKEN_MILLIS);
        var reply = connection.await(attempt, connection.run(GRANT, keys(name), arguments));
        return switch (text(reply, 0)) {
            case "granted" -> new Granted(new Grant(name, Long.parseLong(text(reply, 1))));
            case "refused" -> new Refused(holder(reply, 1));
            default -> throw connection.failure(attempt, new IllegalStateException("answered " + reply));
        };
    }

    @Override
    public Set<Grant> renew(Collection<Grant> grants, Duration duration) {
        var asked = List.copyOf(grants);
        var millis = Long.toString(duration.toMillis());
        var replies = connection.forEach(
                "renew " + asked.size() + " leases",
                asked,
                grant -> connection.run(RENEW, keys(grant.name()), List.of(token(grant), millis, KEEP_TOKEN_MILLIS)));
        var kept = new HashSet<Grant>();
        for (int i = 0; i < asked.size(); i++) {
            if (isYes(replies.get(i))) {
                kept.add(asked.get(i));
            }
        }
        return kept;
    }

    @Override
    public boolean release(Grant grant) {
        var arguments = List.of(token(grant), channel, grant.name());
        return isYes(connection.await(
                "release the lease \"" + grant.name() + "\"",
                connection.run(RELEASE, List.of(key(grant.name())), arguments)));
    }

    @Override
    public Optional<Holder> holder(String name) {
        var reply = connection.await(
                "ask who holds the lease \"" + name + "\"", connection.run(HOLDER, List.of(key(name)), List.of()));
        return reply.isEmpty() ? Optional.empty() : Optional.of(holder(reply, 0));
    }

    @Override
    public Waiting await(String name) {
        var seat = waiting.enter(name);
        listener.start();
        return seat;
    }

    /** Ends listening. */
    @Override
    public void close() {
        listener.close();
    }

    /** The lease, and its last token. */
    private List<String> keys(String name) {
        return List.of(key(name), tag(name) + ":token");
    }

    private String key(String name) {
        return tag(name) + ":held";
    }

    /** In braces, so that both keys are in one slot; never empty, whatever the name begins with. */
    private String tag(String name) {
        return prefix + "lease:{=" + name + "}";
    }

    private static String token(Grant grant) {
        return Long.toString(grant.token());
    }

    private static Holder holder(List<@Nullable Object> reply, int from) {
        long left = Math.max(0, Long.parseLong(text(reply, from + 2)));
        return new Holder(text(reply, from + 1), Long.parseLong(text(reply, from)), Duration.ofMillis(left));
    }

    private static boolean isYes(List<@Nullable Object> reply) {
        return text(reply, 0).equals("1");
    }

    private static String text(List<@Nullable Object> reply, int index) {
        return String.valueOf(reply.get(index));
    }
}
