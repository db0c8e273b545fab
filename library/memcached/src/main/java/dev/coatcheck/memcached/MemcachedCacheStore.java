package dev.coatcheck.memcached;

import dev.coatcheck.memcached.CacheItem.Kept;
import dev.coatcheck.memcached.CacheItem.Loading;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheCapability;
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
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A cache on Memcached: one item for each entry, with the right to load it in the same item, written only by who has read
 * it as it is now (compare-and-swap); and one item for each tag. Keys are hashed, since the server takes few characters.
 *
 * <p>Cost: a hit is one round trip, tags included. Taking the right to load is one more, and two where nobody has loaded for
 * one of the tags; writing, renewing and giving up are two. Each begins again where somebody else came first. For several
 * entries it is as many, since what is asked of the server together travels together; but what writes, renews or gives up
 * more than {@value #MOST_CHANGED_AT_ONCE} begins again for each so many, since the values travel too.
 *
 * <p>The times of an entry are written in it, by the server's clock. The server's own expiry is set a little later and only
 * makes room.
 */
final class MemcachedCacheStore implements CacheStore {
    private static final int ATTEMPTS = 100;

    /** What a server takes that was not told otherwise, without the key and what the server adds. */
    private static final int LARGEST_ITEM = 1024 * 1024 - 1024;

    /** How many items are changed at once, since each is read with its value, and written with it. */
    private static final int MOST_CHANGED_AT_ONCE = Cache.MOST_BYTES_AT_ONCE / LARGEST_ITEM;

    private static final long TIDY_UP_SECONDS = 3;
    private static final Duration LONGEST_RELATIVE = Duration.ofDays(30);
    private static final Duration KEEP_TAG = Cache.LONGEST.plusDays(1);

    private final Connection connection;
    private final Items items;
    private final String prefix;

    MemcachedCacheStore(Connection connection, String prefix) {
        this.connection = connection;
        this.items = new Items(connection);
        this.prefix = prefix + "cache";
    }

    @Override
    public Set<CacheCapability> capabilities() {
        return EnumSet.noneOf(CacheCapability.class);
    }

    /** A result, and what has to be stored for it to be one. */
    private record Step(ReadResult result, Optional<byte[]> request) {}

    @Override
    public List<ReadResult> readAll(List<Question> questions) {
        var attempt = "read the cache \"" + questions.get(0).key().cache() + "\"";
        var results = new HashMap<Question, ReadResult>();
        var rights = new HashSet<Load>();
        try {
            for (int tried = 0; tried < ATTEMPTS; tried++) {
                var left = questions.stream()
                        .filter(question -> !results.containsKey(question))
                        .toList();
                if (left.isEmpty()) {
                    return questions.stream().map(results::get).toList();
                }
                results.putAll(readOnce(attempt, left, rights));
            }
            throw overtaken(attempt);
        } catch (BackingServiceException e) {
            giveBack(rights, e);
            throw e;
        }
    }

    /** Of what was asked for together one may have failed when others were granted, which nobody will use. */
    private void giveBack(Set<Load> rights, BackingServiceException failure) {
        try {
            abandonAll(rights, Duration.ZERO);
        } catch (BackingServiceException e) {
            failure.addSuppressed(e); // they end with their lease
        }
    }

    /**
     * The results, without those for which somebody else came first, or a tag has to be given a version first.
     *
     * @param rights is told of those that are asked for
     */
    private Map<Question, ReadResult> readOnce(String attempt, List<Question> questions, Set<Load> rights) {
        var found =
                items.readAll(attempt, questions.stream().flatMap(this::keys).toList());
        var now = connection.now();
        if (makeVersions(attempt, questions, found, now)) {
            return Map.of();
        }
        var steps = new LinkedHashMap<Question, Step>();
        for (var question : questions) {
            var item = Optional.ofNullable(found.get(key(question.key())));
            steps.put(question, step(question, item, versions(question, found), now));
        }
        var granting = steps.entrySet().stream()
                .filter(step -> step.getValue().request().isPresent())
                .toList();
        granting.forEach(step -> rights.add(step.getKey().load()));
        var replies = connection.askAll(
                attempt,
                granting.stream()
                        .map(step -> step.getValue().request().orElseThrow())
                        .toList());
        for (int i = 0; i < granting.size(); i++) {
            if (!items.isStored(attempt, replies.get(i))) {
                steps.remove(granting.get(i).getKey());
            }
        }
        var results = new HashMap<Question, ReadResult>();
        steps.forEach((question, step) -> results.put(question, step.result()));
        return results;
    }

    /** What there is to do with what was found. */
    private Step step(Question question, Optional<Reply.Item> found, String versions, Instant now) {
        var item = item(found);
        var kept = item.kept()
                .filter(entry -> entry.versions().equals(versions))
                .filter(entry -> entry.serveUntil().isAfter(now));
        var entry = kept.map(is -> new StoredEntry(
                is.value(), Duration.between(now, is.freshUntil()), Duration.ofMillis(is.loadMillis())));
        boolean isFresh = entry.filter(is -> is.freshFor().isPositive()).isPresent();
        if (isFresh
                && entry.get().freshFor().toMillis()
                        > question.early() * entry.get().loadTime().toMillis()) {
            return new Step(new Fresh(entry.get()), Optional.empty());
        }
        var others = item.loading()
                .filter(loading -> loading.versions().equals(versions))
                .filter(loading -> loading.until().isAfter(now));
        if (others.isPresent()) {
            var loading = others.get();
            var result = entry.<ReadResult>map(is -> isFresh ? new Fresh(is) : new Stale(is))
                    .orElse(new Busy(loading.token(), Duration.between(now, loading.until())));
            return new Step(result, Optional.empty());
        }
        var granted =
                new CacheItem(kept, Optional.of(new Loading(question.token(), versions, now.plus(question.lease()))));
        return new Step(
                entry.<ReadResult>map(Due::new).orElse(new Missing()),
                Optional.of(storing(question.key(), found, granted, now)));
    }

    @Override
    public Set<Load> writeAll(Map<Load, NewEntry> entries) {
        var tooLarge = entries.entrySet().stream()
                .filter(entry -> isTooLarge(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        abandonAll(tooLarge, Duration.ZERO);
        var fitting = new LinkedHashMap<>(entries);
        fitting.keySet().removeAll(tooLarge);
        return change("write to the cache", fitting.keySet(), (load, loading, kept, now) -> {
            var entry = Objects.requireNonNull(fitting.get(load));
            var freshUntil = now.plus(entry.ttl());
            var written = new Kept(
                    entry.value(),
                    loading.versions(),
                    entry.loadTime().toMillis(),
                    freshUntil,
                    freshUntil.plus(entry.stale()));
            return new CacheItem(Optional.of(written), Optional.empty());
        });
    }

    private static boolean isTooLarge(NewEntry entry) {
        return entry.value()
                .filter(value -> value.getBytes(StandardCharsets.UTF_8).length > LARGEST_ITEM)
                .isPresent();
    }

    @Override
    public Set<Load> renewAll(Collection<Load> loads, Duration lease) {
        return change(
                "renew a load for the cache",
                loads,
                (load, loading, kept, now) -> new CacheItem(
                        kept, Optional.of(new Loading(load.token(), loading.versions(), now.plus(lease)))));
    }

    @Override
    public void abandonAll(Collection<Load> loads, Duration pause) {
        if (!pause.isZero()) {
            renewAll(loads, pause);
            return;
        }
        change(
                "give up a load for the cache",
                loads,
                (load, loading, kept, now) -> new CacheItem(kept, Optional.empty()));
    }

    @Override
    public void invalidate(EntryKey key) {
        items.delete("invalidate an entry of the cache \"" + key.cache() + "\"", key(key));
    }

    @Override
    public void invalidateTag(String cache, String tag) {
        items.delete("invalidate a tag of the cache \"" + cache + "\"", tag(cache, tag));
    }

    @Override
    public LeaseStore.Waiting await(EntryKey key) {
        return new Looking();
    }

    @Override
    public Runnable listen(Heard heard) {
        throw noPush();
    }

    @Override
    public void beat(String beat) {
        throw noPush();
    }

    private static UnsupportedOperationException noPush() {
        return new UnsupportedOperationException("Memcached tells nobody what happens, so nothing can be kept near:"
                + " use a cache on Redis or PostgreSQL for that");
    }

    /** What becomes of the item of a load that is still the caller's. */
    @FunctionalInterface
    private interface Change {
        CacheItem apply(Load load, Loading loading, Optional<Kept> kept, Instant now);
    }

    /** Changes the items of those loads that are still the caller's; says which were. */
    private Set<Load> change(String what, Collection<Load> loads, Change change) {
        var all = List.copyOf(loads);
        var changed = new HashSet<Load>();
        for (int from = 0; from < all.size(); from += MOST_CHANGED_AT_ONCE) {
            changeRound(what, all.subList(from, Math.min(from + MOST_CHANGED_AT_ONCE, all.size())), change, changed);
        }
        return changed;
    }

    /** @param changed is told of what succeeds */
    private void changeRound(String what, List<Load> loads, Change change, Set<Load> changed) {
        var left = loads;
        for (int tried = 0; !left.isEmpty(); tried++) {
            var attempt = what + " \"" + left.get(0).key().cache() + "\"";
            if (tried == ATTEMPTS) {
                throw overtaken(attempt);
            }
            left = changeOnce(attempt, left, change, changed);
        }
    }

    /**
     * One attempt.
     *
     * @param changed is told of what succeeds
     * @return those for which somebody else came first
     */
    private List<Load> changeOnce(String attempt, List<Load> loads, Change change, Set<Load> changed) {
        var found = items.readAll(
                attempt, loads.stream().map(load -> key(load.key())).toList());
        var now = connection.now();
        var requests = new LinkedHashMap<Load, byte[]>();
        for (var load : loads) {
            var stored = Optional.ofNullable(found.get(key(load.key())));
            var item = item(stored);
            item.loading()
                    .filter(loading -> loading.token().equals(load.token()))
                    .filter(loading -> loading.until().isAfter(now))
                    .map(loading -> change.apply(load, loading, item.kept(), now))
                    .ifPresent(next -> requests.put(load, storing(load.key(), stored, next, now)));
        }
        var ours = List.copyOf(requests.keySet());
        var replies = connection.askAll(attempt, List.copyOf(requests.values()));
        var overtaken = new ArrayList<Load>();
        for (int i = 0; i < ours.size(); i++) {
            (items.isStored(attempt, replies.get(i)) ? changed : overtaken).add(ours.get(i));
        }
        return overtaken;
    }

    /** The request that puts an item where another, or none, was found, if that is still so. */
    private byte[] storing(EntryKey key, Optional<Reply.Item> found, CacheItem item, Instant now) {
        long expiry = expiry(item.until(now), now);
        return found.map(stored -> Request.replace(key(key), expiry, item.toBytes(), stored.unique()))
                .orElseGet(() -> Request.add(key(key), expiry, item.toBytes()));
    }

    private static CacheItem item(Optional<Reply.Item> found) {
        return found.map(stored -> CacheItem.parse(stored.value().array())).orElse(CacheItem.empty());
    }

    /**
     * Makes a version for each tag that has none; one that somebody else has just made stays.
     *
     * @param found by key
     * @return whether there was any without
     */
    private boolean makeVersions(String attempt, List<Question> questions, Map<String, Reply.Item> found, Instant now) {
        var requests = new LinkedHashMap<String, byte[]>();
        for (var question : questions) {
            var tags = tags(question);
            for (int i = 0; i < tags.size(); i++) {
                if (!found.containsKey(tags.get(i))) {
                    var version = question.newVersion(i).getBytes(StandardCharsets.UTF_8);
                    requests.put(tags.get(i), Request.add(tags.get(i), expiry(now.plus(KEEP_TAG), now), version));
                }
            }
        }
        connection.askAll(attempt, List.copyOf(requests.values())).forEach(reply -> items.isStored(attempt, reply));
        return !requests.isEmpty();
    }

    private String versions(Question question, Map<String, Reply.Item> found) {
        return tags(question).stream()
                .map(tag -> Objects.requireNonNull(found.get(tag)))
                .map(item -> new String(item.value().array(), StandardCharsets.UTF_8))
                .collect(Collectors.joining(" "));
    }

    private Stream<String> keys(Question question) {
        return Stream.concat(Stream.of(key(question.key())), tags(question).stream());
    }

    private List<String> tags(Question question) {
        return question.tags().stream()
                .map(tag -> tag(question.key().cache(), tag))
                .toList();
    }

    private BackingServiceException overtaken(String attempt) {
        return connection.failure(
                attempt, new IllegalStateException("others wrote in between " + ATTEMPTS + " times in a row"));
    }

    private String key(EntryKey key) {
        return prefix + ":" + key.cache() + ":" + hash(key.key());
    }

    private String tag(String cache, String tag) {
        return prefix + "-tag:" + cache + ":" + hash(tag);
    }

    private static String hash(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** In so many seconds, or at a moment where that is further away than the protocol can say. */
    private static long expiry(Instant until, Instant now) {
        var left = Duration.between(now, until).plusSeconds(TIDY_UP_SECONDS);
        return left.compareTo(LONGEST_RELATIVE) <= 0
                ? left.toSeconds()
                : now.plus(left).getEpochSecond();
    }
}
