package dev.coatcheck.state.cache;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.StoredText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/** Loads for who has the rights to, and keeps what was found. */
final class Loads {
    private static final System.Logger LOG = System.getLogger(Cache.class.getName());

    private final CacheStore store;
    private final CacheSettings settings;
    private final Outage outage;
    private final AtomicBoolean toldOfSize = new AtomicBoolean();

    Loads(CacheStore store, CacheSettings settings, Outage outage) {
        this.store = store;
        this.settings = settings;
        this.outage = outage;
    }

    /** What was loaded, and for how long it is kept; zero where it is not. */
    record Found(Optional<String> value, Duration ttl) {
        Answer.Loaded answer() {
            return new Answer.Loaded(value, !ttl.isZero());
        }
    }

    /**
     * Loads under the rights to, which are renewed until what was found is kept, and then given up in any case.
     *
     * @param pauseIfFailed how long nobody else is to try where it failed
     */
    Map<EntryKey, Found> load(Request request, Collection<Load> rights, Duration pauseIfFailed) {
        long begun = System.nanoTime();
        var renewal = Renewal.begin(store, rights, settings.lease());
        Map<EntryKey, Optional<String>> values;
        try {
            values = request.load();
        } catch (RuntimeException | Error e) {
            renewal.close();
            giveUp(rights, pauseIfFailed);
            throw e;
        }
        try {
            return keep(request, rights, values, Duration.ofMillis((System.nanoTime() - begun) / 1_000_000));
        } finally {
            renewal.close();
        }
    }

    private Map<EntryKey, Found> keep(
            Request request, Collection<Load> rights, Map<EntryKey, Optional<String>> values, Duration loadTime) {
        var stale = Duration.ofMillis(settings.stale().toMillis());
        double part = 1 - settings.jitter() * ThreadLocalRandom.current().nextDouble(); // one for all, to end together
        var entries = new LinkedHashMap<Load, NewEntry>();
        var tooLarge = new ArrayList<Load>();
        for (var right : rights) {
            var value = values.getOrDefault(right.key(), Optional.empty());
            if (isTooLarge(value)) {
                tooLarge.add(right);
            } else {
                var ttl = partOf(value.isPresent() ? request.ttl() : settings.nothingTtl(), part);
                entries.put(right, new NewEntry(value, ttl, stale, loadTime));
            }
        }
        var written = write(entries);
        giveUp(tooLarge, Duration.ZERO);
        var found = new HashMap<EntryKey, Found>();
        values.forEach((key, value) -> found.put(key, new Found(value, Duration.ZERO)));
        entries.forEach((right, entry) -> found.put(
                right.key(), new Found(entry.value(), written.contains(right) ? entry.ttl() : Duration.ZERO)));
        return found;
    }

    private Set<Load> write(Map<Load, NewEntry> entries) {
        var kept = new HashSet<Load>();
        for (var round : Rounds.ofEntries(entries)) {
            outage.ask(() -> store.writeAll(round)).ifPresent(kept::addAll);
        }
        return kept;
    }

    /** Lets others load. */
    void giveUp(Collection<Load> rights, Duration pause) {
        if (rights.isEmpty()) {
            return;
        }
        try {
            store.abandonAll(rights, pause);
        } catch (BackingServiceException e) {
            LOG.log(DEBUG, "the right to load ends by itself: {0}", e.getMessage());
        }
    }

    private boolean isTooLarge(Optional<String> value) {
        int bytes = value.map(StoredText::utf8Length).orElse(0);
        boolean tooLarge = bytes > settings.maxBytes();
        if (tooLarge && toldOfSize.compareAndSet(false, true)) {
            LOG.log(
                    WARNING,
                    "the cache \"{0}\" keeps values of {1} bytes at the most and was given one of {2}: it and its like are"
                            + " loaded each time",
                    settings.name(),
                    String.valueOf(settings.maxBytes()),
                    String.valueOf(bytes));
        }
        return tooLarge;
    }

    private static Duration partOf(Duration ttl, double part) {
        return Duration.ofMillis(Math.max(1, (long) (ttl.toMillis() * part)));
    }
}
