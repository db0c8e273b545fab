package dev.coatcheck.redis;

import dev.coatcheck.redis.CacheCommands.Outcome;
import dev.coatcheck.redis.CacheCommands.Outcome.Answered;
import dev.coatcheck.redis.CacheCommands.Outcome.Failed;
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
import dev.coatcheck.state.cache.ReadResult.Unavailable;
import dev.coatcheck.state.cache.StoredEntry;
import dev.coatcheck.state.leases.LeaseStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cache on Redis: a key for each entry, and beside it, in the same slot of a cluster, one for the right to load it; and a
 * key for each tag.
 *
 * <p>Cost: each method is one command, for several entries one for each, sent together: one round trip. So that they never
 * fill the queue which all ports share, at most {@value CacheCommands#PLACES} are under way; the next wait. In a cluster, where
 * tags lie in other slots than entries, reading with tags is one round trip more, and one more for each further
 * {@value CacheCommands#BATCH} different tags. Who waits, and who keeps things near,
 * listens on a connection of its own, made when first needed. A server that is full, or a
 * cluster of which a node is away, serves what it has of several entries.
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
    private final CacheCommands commands;
    private final String prefix;
    private final String channel;
    private final String ownChannel;
    private final CacheSignals signals = new CacheSignals();
    private final Listener listener;

    RedisCacheStore(Connection connection, String prefix) {
        this.connection = connection;
        this.commands = new CacheCommands(connection);
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
    public List<ReadResult> readAll(List<Question> questions) {
        var attempt = "read the cache \"" + questions.get(0).key().cache() + "\"";
        var versions = connection.isCluster() ? versions(attempt, questions) : Map.<String, Outcome>of();
        var outcomes = outcomes(attempt, questions, versions);
        // What was asked and has not answered may have given a right that nobody will use.
        var unused = IntStream.range(0, questions.size())
                .filter(i -> outcomes.get(i) instanceof Failed failed && failed.wasSent() && !failed.isFull())
                .mapToObj(i -> questions.get(i).load())
                .toList();
        commands.tell(unused, load -> sendAbandon(load, Duration.ZERO));
        CacheCommands.requireSome(outcomes);
        return outcomes.stream().map(outcome -> result(attempt, outcome)).toList();
    }

    /**
     * Asks those of the questions that can be asked.
     *
     * @param versions of all tags, where they lie elsewhere than the entries
     */
    private List<Outcome> outcomes(String attempt, List<Question> questions, Map<String, Outcome> versions) {
        var outcomes = new HashMap<Question, Outcome>();
        for (var question : questions) {
            tags(question).stream()
                    .flatMap(tag -> versions.get(tag) instanceof Failed failed ? Stream.of(failed) : Stream.empty())
                    .findFirst()
                    .ifPresent(failed -> outcomes.put(question, new Failed(failed.failure(), false)));
        }
        var asked = questions.stream()
                .filter(question -> !outcomes.containsKey(question))
                .toList();
        var told = commands.each(attempt, asked, question -> send(question, versions));
        for (int i = 0; i < asked.size(); i++) {
            outcomes.put(asked.get(i), told.get(i));
        }
        return questions.stream()
                .map(question -> Objects.requireNonNull(outcomes.get(question)))
                .toList();
    }

    private CompletableFuture<List<@Nullable Object>> send(Question question, Map<String, Outcome> versions) {
        var keys = new ArrayList<>(keys(question.key()));
        var arguments = new ArrayList<>(List.of(
                question.token(),
                millis(question.lease()),
                Double.toString(question.early()),
                question.waiting() ? "1" : "0",
                KEEP_TAG_MILLIS));
        for (var tag : tags(question)) {
            if (versions.get(tag) instanceof Answered(var version)) {
                arguments.add(text(version, 0));
            } else {
                keys.add(tag);
            }
        }
        return connection.run(READ, keys, arguments);
    }

    private ReadResult result(String attempt, Outcome outcome) {
        return switch (outcome) {
            case Answered(var reply) -> result(attempt, reply);
            case Failed failed ->
                new Unavailable(String.valueOf(failed.failure().getMessage()), failed.isFull());
        };
    }

    private ReadResult result(String attempt, List<@Nullable Object> reply) {
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
    public Set<Load> writeAll(Map<Load, NewEntry> entries) {
        var loads = List.copyOf(entries.keySet());
        var outcomes = commands.each("write to the cache \"" + cache(loads) + "\"", loads, load -> {
            var entry = Objects.requireNonNull(entries.get(load));
            var arguments = List.of(
                    load.token(),
                    millis(entry.ttl()),
                    millis(entry.stale()),
                    millis(entry.loadTime()),
                    entry.value().isPresent() ? "v" : "n",
                    entry.value().orElse(""),
                    channel,
                    CacheSignals.loaded(load.key()));
            return connection.run(WRITE, keys(load.key()), arguments);
        });
        CacheCommands.requireSome(outcomes);
        return those(loads, i -> outcomes.get(i) instanceof Answered(var reply) && isYes(reply));
    }

    @Override
    public Set<Load> renewAll(Collection<Load> loads, Duration lease) {
        var held = List.copyOf(loads);
        var replies = commands.all(
                "renew a load for the cache \"" + cache(held) + "\"",
                held,
                load -> connection.run(RENEW, List.of(right(load.key())), List.of(load.token(), millis(lease))));
        return those(held, i -> isYes(replies.get(i)));
    }

    @Override
    public void abandonAll(Collection<Load> loads, Duration pause) {
        var attempt = "give up a load for the cache \"" + cache(loads) + "\"";
        commands.all(attempt, List.copyOf(loads), load -> sendAbandon(load, pause));
    }

    private CompletableFuture<List<@Nullable Object>> sendAbandon(Load load, Duration pause) {
        return connection.run(
                ABANDON,
                List.of(right(load.key())),
                List.of(load.token(), millis(pause), channel, CacheSignals.loaded(load.key())));
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

    /** How many commands are without an answer. */
    int underWay() {
        return commands.underWay();
    }

    /** Ends listening. */
    @Override
    public void close() {
        listener.close();
    }

    /** The loads for whose index something is so. */
    private static Set<Load> those(List<Load> loads, IntPredicate isSo) {
        return IntStream.range(0, loads.size())
                .filter(isSo)
                .mapToObj(loads::get)
                .collect(Collectors.toSet());
    }

    private static boolean isYes(List<@Nullable Object> reply) {
        return number(reply, 0) == 1;
    }

    /**
     * Of all the tags, by their keys. Before the entries are asked for, so that what is invalidated in between is found to
     * be.
     */
    private Map<String, Outcome> versions(String attempt, List<Question> questions) {
        var unused = new LinkedHashMap<String, String>();
        for (var question : questions) {
            var tags = tags(question);
            for (int i = 0; i < tags.size(); i++) {
                unused.putIfAbsent(tags.get(i), question.newVersion(i));
            }
        }
        var tags = List.copyOf(unused.keySet());
        var outcomes = commands.each(
                attempt,
                tags,
                tag -> connection.run(TAG, List.of(tag), List.of(unused.getOrDefault(tag, ""), KEEP_TAG_MILLIS)));
        return IntStream.range(0, tags.size()).boxed().collect(Collectors.toMap(tags::get, outcomes::get));
    }

    private List<String> tags(Question question) {
        return question.tags().stream()
                .map(tag -> tag(question.key().cache(), tag))
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

    private static String cache(Collection<Load> loads) {
        return loads.iterator().next().key().cache();
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
