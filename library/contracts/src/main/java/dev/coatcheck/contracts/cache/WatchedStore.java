package dev.coatcheck.contracts.cache;

import dev.coatcheck.state.cache.CacheCapability;
import dev.coatcheck.state.cache.CacheStore;
import dev.coatcheck.state.cache.EntryKey;
import dev.coatcheck.state.cache.Heard;
import dev.coatcheck.state.cache.Load;
import dev.coatcheck.state.cache.NewEntry;
import dev.coatcheck.state.cache.Question;
import dev.coatcheck.state.cache.ReadResult;
import dev.coatcheck.state.leases.LeaseStore;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The store under test, and on the way to it: how often it is read, what it tells, and a way to lose beats. */
final class WatchedStore implements CacheStore {
    private final CacheStore store;
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private volatile Runnable beforeAnswering = () -> {};
    private volatile Runnable beforeInvalidating = () -> {};
    private volatile Runnable beforeBeating = () -> {};
    private volatile Runnable gap = () -> {};
    private volatile boolean losesBeats;
    private volatile boolean losesChanges;

    WatchedStore(CacheStore store) {
        this.store = store;
    }

    int reads() {
        return reads.get();
    }

    int writes() {
        return writes.get();
    }

    /** What was told, but for beats and gaps. */
    List<String> told() {
        return told;
    }

    void loseBeats(boolean lose) {
        losesBeats = lose;
    }

    void loseChanges(boolean lose) {
        losesChanges = lose;
    }

    /** What happens before the store hears that an entry or a tag is to be invalidated. */
    void beforeInvalidating(Runnable action) {
        beforeInvalidating = action;
    }

    /** What happens before the store hears of a beat. */
    void beforeBeating(Runnable action) {
        beforeBeating = action;
    }

    /** Something may not have been heard of. */
    void gap() {
        gap.run();
    }

    /** What happens after the store was read and before its answer is known. */
    void beforeAnswering(Runnable action) {
        beforeAnswering = action;
    }

    @Override
    public List<ReadResult> readAll(List<Question> questions) {
        reads.incrementAndGet();
        var results = store.readAll(questions);
        beforeAnswering.run();
        return results;
    }

    @Override
    public Runnable listen(Heard heard) {
        gap = heard::gap;
        return store.listen(new Heard() {
            @Override
            public void changed(EntryKey key) {
                told.add("changed " + key.text());
                if (!losesChanges) {
                    heard.changed(key);
                }
            }

            @Override
            public void tagChanged(String cache, String tag) {
                told.add("tag changed " + tag);
                if (!losesChanges) {
                    heard.tagChanged(cache, tag);
                }
            }

            @Override
            public void beat(String beat) {
                if (!losesBeats) {
                    heard.beat(beat);
                }
            }

            @Override
            public void gap() {
                heard.gap();
            }
        });
    }

    @Override
    public Set<CacheCapability> capabilities() {
        return store.capabilities();
    }

    @Override
    public Set<Load> writeAll(Map<Load, NewEntry> entries) {
        writes.incrementAndGet();
        return store.writeAll(entries);
    }

    @Override
    public Set<Load> renewAll(Collection<Load> loads, Duration lease) {
        return store.renewAll(loads, lease);
    }

    @Override
    public void abandonAll(Collection<Load> loads, Duration pause) {
        store.abandonAll(loads, pause);
    }

    @Override
    public void invalidate(EntryKey key) {
        beforeInvalidating.run();
        store.invalidate(key);
    }

    @Override
    public void invalidateTag(String cache, String tag) {
        beforeInvalidating.run();
        store.invalidateTag(cache, tag);
    }

    @Override
    public LeaseStore.Waiting await(EntryKey key) {
        return store.await(key);
    }

    @Override
    public void beat(String beat) {
        beforeBeating.run();
        store.beat(beat);
    }
}
