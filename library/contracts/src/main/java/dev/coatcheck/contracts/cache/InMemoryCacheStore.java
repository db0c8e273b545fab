package dev.coatcheck.contracts.cache;

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
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cache in the memory of this process: the reference for the contract, and for tests of an application that need no
 * store. It is shared with nobody and has no bound, so it has no place in production.
 *
 * <p>Thread-safe. The clock is the one it is given, so a test moves time.
 */
public final class InMemoryCacheStore implements CacheStore {
    private final InstantSource clock;
    private final Map<EntryKey, Kept> entries = new HashMap<>();
    private final Map<EntryKey, Loading> loads = new HashMap<>();
    private final Map<EntryKey, String> tags = new HashMap<>();
    private final CacheSignals signals = new CacheSignals();

    private record Kept(NewEntry entry, List<String> versions, Instant freshUntil) {
        boolean isOver(Instant now) {
            return !freshUntil.plus(entry.stale()).isAfter(now);
        }
    }

    private record Loading(String token, List<String> versions, Instant until) {}

    public InMemoryCacheStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Set<CacheCapability> capabilities() {
        return EnumSet.allOf(CacheCapability.class);
    }

    @Override
    public synchronized List<ReadResult> readAll(List<Question> questions) {
        return questions.stream().map(this::readOne).toList();
    }

    private ReadResult readOne(Question question) {
        var now = clock.instant();
        var versions = versions(question);
        var kept = entries.get(question.key());
        if (kept == null || kept.isOver(now) || !kept.versions.equals(versions)) {
            var loading = grant(question, versions, now);
            return loading == null ? new Missing() : new Busy(loading.token, Duration.between(now, loading.until));
        }
        var left = Duration.between(now, kept.freshUntil);
        var entry = new StoredEntry(kept.entry.value(), left, kept.entry.loadTime());
        if (left.toNanos() > question.early() * entry.loadTime().toNanos()) {
            return new Fresh(entry);
        }
        if (grant(question, versions, now) == null) {
            return new Due(entry);
        }
        return left.isPositive() ? new Fresh(entry) : new Stale(entry);
    }

    @Override
    public synchronized Set<Load> writeAll(Map<Load, NewEntry> loaded) {
        var kept = new HashSet<Load>();
        loaded.forEach((load, entry) -> {
            var loading = held(load);
            if (loading != null) {
                var freshUntil = clock.instant().plus(entry.ttl());
                entries.put(load.key(), new Kept(entry, loading.versions, freshUntil));
                end(load);
                kept.add(load);
            }
        });
        return kept;
    }

    @Override
    public synchronized Set<Load> renewAll(Collection<Load> rights, Duration lease) {
        var renewed = new HashSet<Load>();
        for (var load : rights) {
            var loading = held(load);
            if (loading != null) {
                var until = clock.instant().plus(lease);
                loads.put(load.key(), new Loading(load.token(), loading.versions, until));
                renewed.add(load);
            }
        }
        return renewed;
    }

    @Override
    public synchronized void abandonAll(Collection<Load> rights, Duration pause) {
        if (!pause.isZero()) {
            renewAll(rights, pause);
            return;
        }
        rights.stream().filter(load -> held(load) != null).forEach(this::end);
    }

    @Override
    public synchronized void invalidate(EntryKey key) {
        entries.remove(key);
        loads.remove(key);
        signals.heard(CacheSignals.changed(key));
    }

    @Override
    public synchronized void invalidateTag(String cache, String tag) {
        tags.remove(new EntryKey(cache, tag));
        signals.heard(CacheSignals.tagChanged(cache, tag));
    }

    @Override
    public LeaseStore.Waiting await(EntryKey key) {
        return signals.await(key);
    }

    @Override
    public Runnable listen(Heard heard) {
        return signals.add(heard);
    }

    @Override
    public synchronized void beat(String beat) {
        signals.heard(CacheSignals.beat(beat));
    }

    /** Who has the right to load; null where the caller has it now. */
    private @Nullable Loading grant(Question question, List<String> versions, Instant now) {
        var loading = loads.get(question.key());
        if (loading != null && loading.until.isAfter(now) && loading.versions.equals(versions)) {
            return loading;
        }
        loads.put(question.key(), new Loading(question.token(), versions, now.plus(question.lease())));
        return null;
    }

    private void end(Load load) {
        loads.remove(load.key());
        signals.heard(CacheSignals.loaded(load.key()));
    }

    private @Nullable Loading held(Load load) {
        var loading = loads.get(load.key());
        return loading != null && loading.token.equals(load.token()) && loading.until.isAfter(clock.instant())
                ? loading
                : null;
    }

    private List<String> versions(Question question) {
        var versions = new ArrayList<String>();
        for (int i = 0; i < question.tags().size(); i++) {
            int index = i;
            versions.add(tags.computeIfAbsent(
                    new EntryKey(question.key().cache(), question.tags().get(i)), tag -> question.newVersion(index)));
        }
        return versions;
    }
}
