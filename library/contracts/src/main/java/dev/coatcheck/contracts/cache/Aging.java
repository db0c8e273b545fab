package dev.coatcheck.contracts.cache;

import static dev.coatcheck.contracts.cache.CacheUnderTest.hit;
import static dev.coatcheck.contracts.cache.CacheUnderTest.keepUntilStale;
import static dev.coatcheck.contracts.cache.CacheUnderTest.loaded;
import static dev.coatcheck.contracts.cache.CacheUnderTest.stale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.cache.Answer;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.LoadFailedException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is old is served while it is loaded anew, or where that fails; and what is dear is loaded before it is old. */
interface Aging extends CacheUnderTest {

    @Test
    default void what_is_stale_is_served_at_once_while_one_loads_it_anew() throws Exception {
        var store = store();
        var settings = ALBUMS.withStale(LONG);
        try (var ada = new Cache(store, settings);
                var grace = new Cache(store, settings)) {
            keepUntilStale(ada, store, "old");
            var loads = new AtomicInteger();
            var end = new CountDownLatch(1);
            for (int i = 0; i < 5; i++) {
                for (var cache : new Cache[] {ada, grace}) {
                    assertThat(cache.get(KEY, LONG, () -> {
                                loads.incrementAndGet();
                                end.await();
                                return Optional.of("new");
                            }))
                            .isEqualTo(stale("old"));
                }
            }
            end.countDown();

            await().atMost(PATIENCE)
                    .until(() -> grace.get(KEY, LONG, UNEXPECTED).equals(hit("new")));
            assertThat(loads).hasValue(1);
        }
    }

    @Test
    default void what_is_stale_is_served_while_loading_fails_and_that_is_not_tried_by_everybody() {
        var store = store();
        var settings = ALBUMS.withStale(LONG);
        try (var ada = new Cache(store, settings);
                var grace = new Cache(store, settings)) {
            keepUntilStale(ada, store, "old");
            var tries = new AtomicInteger();
            long begun = System.nanoTime();
            for (var asked = 0; tries.get() < 3; asked++) {
                assertThat((asked % 2 == 0 ? ada : grace).get(KEY, LONG, () -> {
                            tries.incrementAndGet();
                            throw new IllegalStateException("as planned");
                        }))
                        .isEqualTo(stale("old"));
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
            }

            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("a second lies between two tries")
                    .isGreaterThan(Duration.ofMillis(1_900));
        }
    }

    @Test
    default void when_it_is_too_old_it_is_served_no_more() {
        var store = store();
        try (var cache = new Cache(store, ALBUMS.withStale(SHORT))) {
            keepUntilStale(cache, store, "old");

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThatThrownBy(() -> cache.get(KEY, LONG, () -> {
                                throw new IllegalStateException("as planned");
                            }))
                            .isInstanceOf(LoadFailedException.class));
            assertThat(cache.get(KEY, LONG, new Counter())).isEqualTo(loaded("1"));
        }
    }

    @Test
    default void what_is_dear_is_loaded_before_its_time_is_over_and_nobody_waits_for_it() throws Exception {
        var store = store();
        // So eager that a load of a tenth of a second is made anew hours ahead.
        try (var cache = new Cache(store, ALBUMS.withBeta(1e6))) {
            cache.get(KEY, LONG, () -> {
                Thread.sleep(100); // what makes it dear
                return Optional.of("old");
            });
            var end = new CountDownLatch(1);
            var loads = new AtomicInteger();
            for (int i = 0; i < 5; i++) {
                assertThat(cache.get(KEY, LONG, () -> {
                            loads.incrementAndGet();
                            end.await();
                            return Optional.of("new");
                        }))
                        .isEqualTo(hit("old"));
            }
            end.countDown();

            await().atMost(PATIENCE)
                    .until(() -> cache.get(KEY, LONG, () -> Optional.of("newer"))
                            .value()
                            .filter(value -> !value.equals("old"))
                            .isPresent());
            assertThat(loads).hasValue(1);
        }
    }

    @Test
    default void the_cheaper_it_is_the_later_it_is_loaded_anew() throws Exception {
        try (var cache = new Cache(store(), ALBUMS.withBeta(1))) {
            cache.get(KEY, LONG, () -> {
                Thread.sleep(20); // some twenty seconds is the earliest in a thousand draws of a million
                return Optional.of("1");
            });

            for (int i = 0; i < 200; i++) {
                assertThat(cache.get(KEY, LONG, UNEXPECTED)).isEqualTo(hit("1"));
            }
        }
    }

    @Test
    default void closing_interrupts_what_is_loaded_in_the_background_and_another_may_load() throws Exception {
        var store = store();
        var settings = ALBUMS.withStale(LONG);
        var interrupted = new CountDownLatch(1);
        try (var grace = new Cache(store, settings)) {
            try (var ada = new Cache(store, settings)) {
                keepUntilStale(ada, store, "old");
                var begun = new CountDownLatch(1);
                ada.get(KEY, LONG, () -> {
                    begun.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                        throw e;
                    }
                    return Optional.empty();
                });
                begun.await();
            }
            assertThat(interrupted.getCount()).isZero();

            Answer answer = await().atMost(PATIENCE)
                    .until(() -> grace.get(KEY, LONG, () -> Optional.of("new")), hit("new")::equals);
            assertThat(answer.value()).contains("new");
        }
    }
}
