package dev.coatcheck.redis;

import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheCapability;
import dev.coatcheck.state.cache.CacheSignals;
import dev.coatcheck.state.cache.CacheStore;
import dev.coatcheck.state.cache.EntryKey;
import dev.coatcheck.state.cache.Heard;
import dev.coatcheck.state.cache.Load;
import dev.coatcheck.state.cache.NewEntry;
import dev.coatcheck.state.cache.Question;
import dev.coatcheck.state.cache.ReadResult;
import dev.coatcheck.state.cache.ReadResult.Busy;
import dev.coatcheck.state.cache.ReadResult.Due;
import dev.coatcheck.state.cache.ReadResult.Fresh;
import dev.coatcheck.state.cache.ReadResult.Missing;
import dev.coatcheck.state.cache.ReadResult.Stale;
import dev.coatcheck.state.cache.StoredEntry;
import dev.coatcheck.state.leases.LeaseStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A cache on Redis: a key for each entry, and beside it, in the same slot of a cluster, one for the right to load it; and a
 * key for each tag.
 *
 * <p>Cost: each method is one command. In a cluster, where tags lie in other slots than entries, reading with tags is one
 * round trip more. Who waits, and who keeps things near, listens on a connection of its own, made when first needed. A
 * server that is full serves what it has.
 */
final class RedisCacheStore implements CacheStore, AutoCloseable {
    private static final Script READ = Script.of("cache-read.lua");
    private static final Script WRITE = Script.of("cache-write.lua");
    private static final Script RENEW = Script.of("cache-renew.lua");
    private static final Script ABANDON = Script.of("cache-abandon.lua");
    private static final Script TAG = Script.of("cache-tag.lua");
    private static final Script INVALIDATE = Script.of("cache-invalidate.lua");

    /** Longer than any entry that has the version. */
    private static final String KEEP_TAG_MILLIS =
            Long.toString(Cache.LONGEST.plusDays(1).toMillis());

    private final Connection connection;
    private final String prefix;
    private final String channel;
    private final String ownChannel;
    private final CacheSignals signals = new CacheSignals();
    private final Listener listener;

    RedisCacheStore(Connection connection, String prefix) {
        this.connection = connection;
        this.prefix = prefix;
        this.channel = prefix + "cache-told";
        this.ownChannel = channel + ":" + UUID.randomUUID();
        this.listener = new Listener(connection, List.of(channel, ownChannel), signals::heard, signals::gap);
    }

    @Override
    public Set<CacheCapability> capabilities() {
        return EnumSet.allOf(CacheCapability.class);
    }

    @Override
    public ReadResult read(Question question) {
        var attempt = "read the cache \"" + question.key().cache() + "\"";
        var keys = new ArrayList<>(keys(question.key()));
        question.tags().forEach(tag -> keys.add(tag(question.key().cache(), tag)));
        var arguments = new ArrayList<>(List.of(
                question.token(),
                millis(question.lease()),
                Double.toString(question.early()),
                question.waiting() ? "1" : "0",
                KEEP_TAG_MILLIS));
        if (connection.isCluster() && Slots.together(keys, key -> key).size() > 1) {
            arguments.addAll(versions(attempt, question));
            keys.subList(2, keys.size()).clear();
        }
        var reply = connection.await(attempt, connection.run(READ, keys, arguments));
        return switch (text(reply, 0)) {
            case "fresh" -> new Fresh(entry(reply));
            case "stale" -> new Stale(entry(reply));
            case "due" -> new Due(entry(reply));
            case "missing" -> new Missing();
            case "busy" -> new Busy(text(reply, 1), Duration.ofMillis(Math.max(0, number(reply, 2))));
            default -> throw connection.failure(attempt, new IllegalStateException("answered " + text(reply, 0)));
        };
    }

    @Override
    public boolean write(Load load, NewEntry entry) {
        var arguments = List.of(
                load.token(),
                millis(entry.ttl()),
                millis(entry.stale()),
                millis(entry.loadTime()),
                entry.value().isPresent() ? "v" : "n",
                entry.value().orElse(""),
                channel,
                CacheSignals.loaded(load.key()));
        return isYes(connection.await(
                "write to the cache \"" + load.key().cache() + "\"",
                connection.run(WRITE, keys(load.key()), arguments)));
    }

    @Override
    public boolean renew(Load load, Duration lease) {
        return isYes(connection.await(
                "renew a load for the cache \"" + load.key().cache() + "\"",
                connection.run(RENEW, List.of(right(load.key())), List.of(load.token(), millis(lease)))));
    }

    @Override
    public void abandon(Load load, Duration pause) {
        var arguments = List.of(load.token(), millis(pause), channel, CacheSignals.loaded(load.key()));
        connection.await(
                "give up a load for the cache \"" + load.key().cache() + "\"",
                connection.run(ABANDON, List.of(right(load.key())), arguments));
    }

    @Override
    public void invalidate(EntryKey key) {
        connection.await(
                "invalidate an entry of the cache \"" + key.cache() + "\"",
                connection.run(INVALIDATE, keys(key), List.of(channel, CacheSignals.changed(key))));
    }

    @Override
    public void invalidateTag(String cache, String tag) {
        connection.await(
                "invalidate a tag of the cache \"" + cache + "\"",
                connection.run(
                        INVALIDATE, List.of(tag(cache, tag)), List.of(channel, CacheSignals.tagChanged(cache, tag))));
    }

    @Override
    public LeaseStore.Waiting await(EntryKey key) {
        var seat = signals.await(key);
        listener.start();
        return seat;
    }

    @Override
    public Runnable listen(Heard heard) {
        var end = signals.add(heard);
        listener.start();
        return end;
    }

    @Override
    public void beat(String beat) {
        listener.start();
        connection.await(
                "send a beat", connection.send(commands -> commands.publish(ownChannel, CacheSignals.beat(beat))));
    }

    /** Ends listening. */
    @Override
    public void close() {
        listener.close();
    }

    /** Before the entry is asked for, so that what is invalidated in between is found to be. */
    private List<String> versions(String attempt, Question question) {
        var indices = IntStream.range(0, question.tags().size()).boxed().toList();
        return connection
                .forEach(
                        attempt,
                        indices,
                        i -> connection.run(
                                TAG,
                                List.of(tag(
                                        question.key().cache(), question.tags().get(i))),
                                List.of(question.newVersion(i), KEEP_TAG_MILLIS)))
                .stream()
                .map(reply -> text(reply, 0))
                .toList();
    }

    /** The entry, and the right to load it. */
    private List<String> keys(EntryKey key) {
        return List.of(slot(key) + ":entry", right(key));
    }

    private String right(EntryKey key) {
        return slot(key) + ":load";
    }

    /** In braces, so that both keys are in one slot; never empty, whatever the key begins with. */
    private String slot(EntryKey key) {
        return prefix + "cache:{" + key.text() + "}";
    }

    private String tag(String cache, String tag) {
        return prefix + "cache-tag:" + new EntryKey(cache, tag).text();
    }

    private static StoredEntry entry(List<@Nullable Object> reply) {
        Optional<String> value = reply.size() > 3 ? Optional.of(text(reply, 3)) : Optional.empty();
        return new StoredEntry(value, Duration.ofMillis(number(reply, 1)), Duration.ofMillis(number(reply, 2)));
    }

    private static boolean isYes(List<@Nullable Object> reply) {
        return number(reply, 0) == 1;
    }

    private static long number(List<@Nullable Object> reply, int index) {
        return Long.parseLong(text(reply, index));
    }

    private static String text(List<@Nullable Object> reply, int index) {
        return String.valueOf(reply.get(index));
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }
}
