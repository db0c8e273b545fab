package dev.coatcheck.contracts.cache;

import static dev.coatcheck.contracts.cache.CacheUnderTest.KEY;
import static dev.coatcheck.contracts.cache.CacheUnderTest.LONG;
import static dev.coatcheck.contracts.cache.CacheUnderTest.PATIENCE;
import static dev.coatcheck.contracts.cache.CacheUnderTest.hit;
import static dev.coatcheck.contracts.cache.CacheUnderTest.loaded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.CacheCapability;
import dev.coatcheck.state.cache.CacheStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** What every adapter of caches passes whose store several processes can reach: up to four JVMs, one killed or stopped. */
public abstract class SharedCacheContract {
    private static final int ROUNDS = 5;

    /** The store under test, in this JVM. */
    protected abstract CacheStore store();

    /** How another JVM gets at the same store. */
    protected abstract Class<? extends StoreFactory<CacheStore>> factory();

    /** What the factory is given there. */
    protected abstract String url();

    @Test
    void on_cold_keys_one_loader_for_each_runs_among_four_processes() {
        var store = store();
        var peers = List.of(
                start(CacheActions.AskTogether.class),
                start(CacheActions.AskTogether.class),
                start(CacheActions.AskTogether.class));
        try (var cache = new Cache(store, CacheActions.LONG_LEASE)) {
            peers.forEach(peer -> assertThat(peer.hear(Duration.ofMinutes(1))).isEqualTo("ready"));
            for (int round = 0; round < 2 * ROUNDS; round++) {
                boolean several = round >= ROUNDS;
                var key = (several ? CacheActions.AskTogether.SEVERAL : "") + "round " + round;
                peers.forEach(peer -> peer.say(key));
                var said = new ArrayList<String>();
                said.add(CacheActions.AskTogether.ask(cache, key));
                peers.forEach(peer -> said.add(peer.hear()));

                assertThat(said.stream()
                                .mapToInt(line -> Integer.parseInt(line.split(" ", 2)[0]))
                                .sum())
                        .as("how often they loaded in all: " + said)
                        .isEqualTo(several ? CacheActions.AskTogether.KEYS : 1);
                assertThat(new HashSet<>(
                                said.stream().map(line -> line.split(" ", 2)[1]).toList()))
                        .as("what they were told")
                        .hasSize(1);
            }
        } finally {
            peers.forEach(Peer::close);
        }
    }

    @Test
    void when_the_loaders_process_is_killed_another_loads() {
        try (var cache = new Cache(store(), CacheActions.SETTINGS);
                var peer = start(CacheActions.LoadSlowly.class)) {
            assertThat(peer.hear()).isEqualTo("loading");
            peer.kill();
            long killed = System.nanoTime();

            assertThat(cache.get(KEY, LONG, () -> Optional.of("mine"))).isEqualTo(loaded("mine"));
            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(PATIENCE);
        }
    }

    @Test
    void a_loader_whose_process_was_stopped_for_too_long_does_not_replace_what_came_after() {
        try (var cache = new Cache(store(), CacheActions.SETTINGS);
                var peer = start(CacheActions.LoadSlowly.class)) {
            assertThat(peer.hear()).isEqualTo("loading");
            peer.pause();
            assertThat(cache.get(KEY, LONG, () -> Optional.of("new"))).isEqualTo(loaded("new"));
            peer.say("old");
            peer.resume();

            assertThat(peer.hear()).isEqualTo(CacheUnderTest.notKept("old").toString());
            assertThat(cache.get(KEY, LONG, CacheUnderTest.UNEXPECTED)).isEqualTo(hit("new"));
        }
    }

    @Test
    void a_load_that_another_process_waits_for_is_told_to_it() {
        try (var cache = new Cache(store(), CacheActions.SETTINGS.withLease(Duration.ofMinutes(30)));
                var peer = start(CacheActions.AskTogether.class)) {
            assertThat(peer.hear()).isEqualTo("ready");
            assertThat(cache.get(KEY, LONG, () -> {
                        peer.say(KEY);
                        Thread.sleep(500); // the longer, the surer they wait
                        return Optional.of("here");
                    }))
                    .isEqualTo(loaded("here"));

            assertThat(peer.hear()).isEqualTo("0 here");
        }
    }

    @Test
    void what_one_process_invalidates_another_soon_does_not_serve_from_memory(TestReporter reporter) {
        var store = store();
        assumeTrue(store.capabilities().contains(CacheCapability.PUSH), "this adapter does not promise PUSH");
        try (var cache = new Cache(store, CacheActions.SETTINGS)) {
            say(cache, "begin");
            try (var peer = start(CacheActions.ReadNear.class)) {
                assertThat(peer.hear()).isEqualTo("begin");
                var delays = new ArrayList<Duration>();
                for (int i = 0; i < 100; i++) {
                    say(cache, "" + i);
                    long begun = System.nanoTime();
                    cache.invalidate(KEY);
                    assertThat(peer.hear()).isEqualTo("" + i);
                    delays.add(Duration.ofNanos(System.nanoTime() - begun));
                }
                Collections.sort(delays);
                reporter.publishEntry(
                        "from invalidation to the new value in another process, loading included",
                        "median %s, longest %s".formatted(delays.get(50), delays.get(99)));

                assertThat(delays.get(99)).isLessThan(CacheActions.ReadNear.STALENESS.plus(Nearness.SLACK));
            }
        }
    }

    private static void say(Cache cache, String truth) {
        cache.invalidate(CacheActions.ReadNear.TRUTH);
        cache.get(CacheActions.ReadNear.TRUTH, LONG, () -> Optional.of(truth));
    }

    private Peer start(Class<? extends PeerAction<CacheStore>> action) {
        return Peer.start(factory(), url(), action);
    }
}
