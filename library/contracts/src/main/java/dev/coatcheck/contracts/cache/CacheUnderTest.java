package dev.coatcheck.contracts.cache;

import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.cache.Answer;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.CacheStore;
import dev.coatcheck.state.cache.EntryKey;
import dev.coatcheck.state.cache.Loader;
import dev.coatcheck.state.cache.Question;
import dev.coatcheck.state.cache.ReadResult.Busy;
import dev.coatcheck.state.cache.ReadResult.Due;
import dev.coatcheck.state.cache.ReadResult.Fresh;
import dev.coatcheck.state.cache.ReadResult.Missing;
import dev.coatcheck.state.cache.ReadResult.Stale;
import dev.coatcheck.state.cache.ReadResult.Unavailable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** What the parts of the contract share: the store, and the few steps that nearly every test begins with. */
interface CacheUnderTest {
    /** The cache of most tests. Its entries live as long as is said, and are not loaded early. */
    CacheSettings ALBUMS = CacheSettings.named("albums").withJitter(0).withBeta(0);

    /** What is asked for in most tests. */
    String KEY = "42";

    /** A time to live that is not over while a test runs. */
    Duration LONG = Duration.ofMinutes(5);

    /** A time to live whose end a test waits for. */
    Duration SHORT = Duration.ofMillis(300);

    /** How long something may take that is bound to happen. */
    Duration PATIENCE = Duration.ofSeconds(20);

    /** How long it takes to be sure that nothing happens. */
    Duration WHILE = Duration.ofMillis(300);

    /** A loader that is not to be run. */
    Loader UNEXPECTED = () -> {
        throw new AssertionError("loaded, although there was something to serve");
    };

    CacheStore store();

    /** Finds 1, 2, 3, … and so tells how often it ran. */
    final class Counter implements Loader {
        private final AtomicInteger loads = new AtomicInteger();

        @Override
        public Optional<String> load() {
            return Optional.of("" + loads.incrementAndGet());
        }

        int loads() {
            return loads.get();
        }
    }

    static Answer.Hit hit(String value) {
        return new Answer.Hit(Optional.of(value));
    }

    static Answer.Stale stale(String value) {
        return new Answer.Stale(Optional.of(value));
    }

    static Answer.Loaded loaded(String value) {
        return new Answer.Loaded(Optional.of(value), true);
    }

    static Answer.Loaded notKept(String value) {
        return new Answer.Loaded(Optional.of(value), false);
    }

    /** Keeps a value and waits until its time to live is over. */
    static void keepUntilStale(Cache cache, CacheStore store, String value) {
        cache.get(KEY, SHORT, () -> Optional.of(value));
        await().atMost(PATIENCE).until(() -> !isFresh(store));
    }

    /** Looks without loading. */
    private static boolean isFresh(CacheStore store) {
        var question = question(KEY);
        return switch (store.read(question)) {
            case Fresh fresh -> true;
            case Due due -> {
                store.abandon(question.load(), Duration.ZERO);
                yield false;
            }
            case Missing missing -> {
                store.abandon(question.load(), Duration.ZERO);
                yield false;
            }
            case Stale stale -> false;
            case Busy busy -> false;
            case Unavailable none -> throw new IllegalStateException(none.reason());
        };
    }

    /** What somebody asks who goes past {@link Cache}. */
    static Question question(String key, String... tags) {
        return new Question(
                new EntryKey(ALBUMS.name(), key),
                List.of(tags),
                UUID.randomUUID().toString().replace("-", ""),
                LONG,
                0,
                false);
    }

    static Set<String> tags(String... tags) {
        return Set.of(tags);
    }
}
