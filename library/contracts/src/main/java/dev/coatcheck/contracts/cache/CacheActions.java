package dev.coatcheck.contracts.cache;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.CacheStore;
import dev.coatcheck.state.cache.NearSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the other JVMs of {@link SharedCacheContract} do. */
final class CacheActions {
    /** A lease whose end a test waits for. */
    static final CacheSettings SETTINGS =
            CacheUnderTest.ALBUMS.withLease(Duration.ofSeconds(3)).withPatience(Duration.ofMinutes(1));

    /** A lease that nobody loses for a machine that stands still for a moment. */
    static final CacheSettings LONG_LEASE = SETTINGS.withLease(Duration.ofSeconds(30));

    private static final int THREADS = 8;

    private CacheActions() {}

    /**
     * At each key that it hears, asks for it in many threads at once; says how often it loaded, and the values. A key that
     * begins with {@link #SEVERAL} stands for several, which are asked for together, by each thread in another order; then
     * it counts each key that was loaded.
     */
    public static final class AskTogether implements PeerAction<CacheStore> {
        static final String SEVERAL = "several ";
        static final int KEYS = 30;

        @Override
        public void run(CacheStore store, List<String> arguments, Conversation conversation) {
            var cache = new Cache(store, LONG_LEASE);
            conversation.say("ready");
            while (true) {
                conversation.say(ask(cache, conversation.hear()));
            }
        }

        static String ask(Cache cache, String key) {
            return key.startsWith(SEVERAL) ? askForSeveral(cache, key) : askTogether(cache, key);
        }

        private static String askForSeveral(Cache cache, String key) {
            var loads = new AtomicInteger();
            var values = Together.call(THREADS, thread -> {
                var keys = new ArrayList<>(
                        IntStream.range(0, KEYS).mapToObj(i -> key + i).toList());
                Collections.shuffle(keys);
                var answers = cache.getAll(keys, CacheUnderTest.LONG, missing -> {
                    loads.addAndGet(missing.size());
                    Thread.sleep(50); // what makes it dear
                    return missing.stream().collect(Collectors.toMap(it -> it, it -> it));
                });
                answers.forEach((asked, answer) -> {
                    if (!answer.value().equals(Optional.of(asked))) {
                        throw new AssertionError("asked for " + asked + " and was told " + answer);
                    }
                });
                return answers.size();
            });
            return loads + " " + new HashSet<>(values);
        }

        private static String askTogether(Cache cache, String key) {
            var loads = new AtomicInteger();
            var me = "" + ProcessHandle.current().pid();
            var values = Together.call(
                    THREADS,
                    thread -> cache.get(key, CacheUnderTest.LONG, () -> {
                                loads.incrementAndGet();
                                Thread.sleep(200); // what makes it dear
                                return Optional.of(me);
                            })
                            .value()
                            .orElseThrow());
            return loads + " " + String.join(",", new HashSet<>(values));
        }
    }

    /** Begins to load and says so; ends the load when it hears something, and says whether it was kept. */
    public static final class LoadSlowly implements PeerAction<CacheStore> {
        @Override
        public void run(CacheStore store, List<String> arguments, Conversation conversation) {
            var cache = new Cache(store, SETTINGS);
            var answer = cache.get(CacheUnderTest.KEY, CacheUnderTest.LONG, () -> {
                conversation.say("loading");
                return Optional.of(conversation.hear());
            });
            conversation.say(answer.toString());
        }
    }

    /** Keeps a near copy of what {@link #TRUTH} says, looks at it all the time, and says each value that it has not seen. */
    public static final class ReadNear implements PeerAction<CacheStore> {
        static final String TRUTH = "truth";
        static final Duration STALENESS = Duration.ofSeconds(2);

        @Override
        public void run(CacheStore store, List<String> arguments, Conversation conversation) {
            var near =
                    new Cache(store, SETTINGS.withNear(NearSettings.defaults().withStaleness(STALENESS)));
            var far = new Cache(store, SETTINGS);
            var last = "";
            while (true) {
                var value = near.get(
                                CacheUnderTest.KEY,
                                CacheUnderTest.LONG,
                                () -> far.get(TRUTH, CacheUnderTest.LONG, Optional::empty)
                                        .value())
                        .value()
                        .orElseThrow();
                if (!value.equals(last)) {
                    conversation.say(value);
                    last = value;
                }
                LockSupport.parkNanos(100_000);
            }
        }
    }
}
