package dev.coatcheck.memcached;

import dev.coatcheck.memcached.CacheItem.Kept;
import dev.coatcheck.memcached.CacheItem.Loading;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * A cache on Memcached: one item for each entry, with the right to load it in the same item, written only by who has read
 * it as it is now (compare-and-swap); and one item for each tag. Keys are hashed, since the server takes few characters.
 *
 * <p>Cost: a hit is one round trip, tags included. Taking the right to load is one more, and two where nobody has loaded for
 * one of the tags; writing, renewing and giving up are two. Each begins again where somebody else came first.
 *
 * <p>The times of an entry are written in it, by the server's clock. The server's own expiry is set a little later and only
 * makes room.
 */
final class MemcachedCacheStore implements CacheStore {
    private static final int ATTEMPTS = 100;

    /** What a server takes that was not told otherwise, without the key and what the server adds. */
    private static final int LARGEST_ITEM = 1024 * 1024 - 1024;

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

    @Override
    public ReadResult read(Question question) {
        var attempt = "read the cache \"" + question.key().cache() + "\"";
        var keys = new ArrayList<>(List.of(key(question.key())));
        question.tags().forEach(tag -> keys.add(tag(question.key().cache(), tag)));
        for (int tried = 0; tried < ATTEMPTS; tried++) {
            var found = items.readAll(attempt, keys);
            var now = connection.now();
            var tags = found.subList(1, found.size());
            if (tags.stream().anyMatch(Optional::isEmpty)) {
                makeVersions(attempt, question, tags, now);
                continue;
            }
            var result = act(attempt, question, found.get(0), versions(tags), now);
            if (result.isPresent()) {
                return result.get();
            }
        }
        throw overtaken(attempt);
    }

    /** Does what there is to do with what was found; nothing where somebody else came first. */
    private Optional<ReadResult> act(
            String attempt, Question question, Optional<Reply.Item> found, String versions, Instant now) {
        var item = found.map(stored -> CacheItem.parse(stored.value().array())).orElse(CacheItem.empty());
        var kept = item.kept()
                .filter(entry -> entry.versions().equals(versions))
                .filter(entry -> entry.serveUntil().isAfter(now));
        var entry = kept.map(is -> new StoredEntry(
                is.value(), Duration.between(now, is.freshUntil()), Duration.ofMillis(is.loadMillis())));
        boolean isFresh = entry.filter(is -> is.freshFor().isPositive()).isPresent();
        if (isFresh
                && entry.get().freshFor().toMillis()
                        > question.early() * entry.get().loadTime().toMillis()) {
            return Optional.of(new Fresh(entry.get()));
        }
        var others = item.loading()
                .filter(loading -> loading.versions().equals(versions))
                .filter(loading -> loading.until().isAfter(now));
        if (others.isPresent()) {
            var loading = others.get();
            return Optional.of(entry.<ReadResult>map(is -> isFresh ? new Fresh(is) : new Stale(is))
                    .orElse(new Busy(loading.token(), Duration.between(now, loading.until()))));
        }
        var granted =
                new CacheItem(kept, Optional.of(new Loading(question.token(), versions, now.plus(question.lease()))));
        if (!store(attempt, question.key(), found, granted, now)) {
            return Optional.empty();
        }
        return Optional.of(entry.<ReadResult>map(Due::new).orElse(new Missing()));
    }

    @Override
    public boolean write(Load load, NewEntry entry) {
        var isTooLarge = entry.value()
                .filter(value -> value.getBytes(StandardCharsets.UTF_8).length > LARGEST_ITEM)
                .isPresent();
        if (isTooLarge) {
            abandon(load, Duration.ZERO);
            return false;
        }
        return change("write to the cache \"" + load.key().cache() + "\"", load, (item, now) -> {
            var freshUntil = now.plus(entry.ttl());
            var kept = new Kept(
                    entry.value(),
                    item.loading().orElseThrow().versions(),
                    entry.loadTime().toMillis(),
                    freshUntil,
                    freshUntil.plus(entry.stale()));
            return new CacheItem(Optional.of(kept), Optional.empty());
        });
    }

    @Override
    public boolean renew(Load load, Duration lease) {
        return change("renew a load for the cache \"" + load.key().cache() + "\"", load, (item, now) -> {
            var versions = item.loading().orElseThrow().versions();
            return new CacheItem(item.kept(), Optional.of(new Loading(load.token(), versions, now.plus(lease))));
        });
    }

    @Override
    public void abandon(Load load, Duration pause) {
        if (!pause.isZero()) {
            renew(load, pause);
            return;
        }
        change(
                "give up a load for the cache \"" + load.key().cache() + "\"",
                load,
                (item, now) -> new CacheItem(item.kept(), Optional.empty()));
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

    /** Changes the item of a load that is still the caller's; says whether it was. */
    private boolean change(String attempt, Load load, BiFunction<CacheItem, Instant, CacheItem> change) {
        for (int tried = 0; tried < ATTEMPTS; tried++) {
            var found = items.read(attempt, key(load.key()));
            var now = connection.now();
            var item =
                    found.map(stored -> CacheItem.parse(stored.value().array())).orElse(CacheItem.empty());
            boolean isOurs = item.loading()
                    .filter(loading -> loading.token().equals(load.token()))
                    .filter(loading -> loading.until().isAfter(now))
                    .isPresent();
            if (!isOurs) {
                return false;
            }
            if (store(attempt, load.key(), found, change.apply(item, now), now)) {
                return true;
            }
        }
        throw overtaken(attempt);
    }

    /** Puts an item where another, or none, was found; says whether that was still so. */
    private boolean store(String attempt, EntryKey key, Optional<Reply.Item> found, CacheItem item, Instant now) {
        long expiry = expiry(item.until(now), now);
        return items.isStored(
                attempt,
                found.map(stored -> Request.replace(key(key), expiry, item.toBytes(), stored.unique()))
                        .orElseGet(() -> Request.add(key(key), expiry, item.toBytes())));
    }

    /** Makes a version for each tag that has none; one that somebody else has just made stays. */
    private void makeVersions(String attempt, Question question, List<Optional<Reply.Item>> tags, Instant now) {
        var requests = new ArrayList<byte[]>();
        for (int i = 0; i < tags.size(); i++) {
            if (tags.get(i).isEmpty()) {
                requests.add(Request.add(
                        tag(question.key().cache(), question.tags().get(i)),
                        expiry(now.plus(KEEP_TAG), now),
                        question.newVersion(i).getBytes(StandardCharsets.UTF_8)));
            }
        }
        connection.askAll(attempt, requests).forEach(reply -> items.isStored(attempt, reply));
    }

    private static String versions(List<Optional<Reply.Item>> tags) {
        return tags.stream()
                .map(tag -> new String(tag.orElseThrow().value().array(), StandardCharsets.UTF_8))
                .collect(Collectors.joining(" "));
    }

    private RuntimeException overtaken(String attempt) {
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

    /** Looks again after a short while, and then after longer ones. */
    private static final class Looking implements LeaseStore.Waiting {
        private static final Duration LONGEST = Duration.ofMillis(250);

        private Duration next = Duration.ofMillis(20);

        @Override
        public void await(Duration limit) throws InterruptedException {
            Thread.sleep(limit.compareTo(next) < 0 ? limit : next);
            next = next.compareTo(LONGEST) < 0 ? next.multipliedBy(2) : next;
        }

        @Override
        public void close() {}
    }
}
