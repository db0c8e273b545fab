package dev.coatcheck.state.cache;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.StoredText;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/** Loads for who has the right to, and keeps what was found. */
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
     * Loads under the right to, which is renewed meanwhile and then given up in any case.
     *
     * @param pauseIfFailed how long nobody else is to try where it failed
     */
    Found load(Request request, Load load, Duration pauseIfFailed) {
        long begun = System.nanoTime();
        Optional<String> value;
        try {
            value = loadRenewing(request, load);
        } catch (RuntimeException | Error e) {
            giveUp(load, pauseIfFailed);
            throw e;
        }
        if (isTooLarge(value)) {
            giveUp(load, Duration.ZERO);
            return new Found(value, Duration.ZERO);
        }
        var ttl = jittered(value.isPresent() ? request.ttl() : settings.nothingTtl());
        var loadTime = Duration.ofMillis((System.nanoTime() - begun) / 1_000_000);
        var entry = new NewEntry(value, ttl, Duration.ofMillis(settings.stale().toMillis()), loadTime);
        boolean kept = outage.ask(() -> store.write(load, entry)).orElse(false);
        return new Found(value, kept ? ttl : Duration.ZERO);
    }

    private Optional<String> loadRenewing(Request request, Load load) {
        var renewal = Renewal.begin(store, load, settings.lease());
        try {
            return request.load();
        } finally {
            renewal.close();
        }
    }

    /** Lets another load. */
    void giveUp(Load load, Duration pause) {
        try {
            store.abandon(load, pause);
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

    private Duration jittered(Duration ttl) {
        double kept = 1 - settings.jitter() * ThreadLocalRandom.current().nextDouble();
        return Duration.ofMillis(Math.max(1, (long) (ttl.toMillis() * kept)));
    }
}
