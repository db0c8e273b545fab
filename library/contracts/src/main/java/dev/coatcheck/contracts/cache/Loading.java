package dev.coatcheck.contracts.cache;

import static dev.coatcheck.contracts.cache.CacheUnderTest.hit;
import static dev.coatcheck.contracts.cache.CacheUnderTest.loaded;
import static dev.coatcheck.contracts.cache.CacheUnderTest.notKept;
import static dev.coatcheck.contracts.cache.CacheUnderTest.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.cache.Answer;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.LoadFailedException;
import dev.coatcheck.state.cache.NewEntry;
import dev.coatcheck.state.cache.Question;
import dev.coatcheck.state.cache.ReadResult.Busy;
import dev.coatcheck.state.cache.ReadResult.Fresh;
import dev.coatcheck.state.cache.ReadResult.Missing;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One loads, and the others wait for it. */
interface Loading extends CacheUnderTest {
    NewEntry ENTRY = new NewEntry(Optional.of("1"), LONG, Duration.ZERO, Duration.ofMillis(5));

    @Test
    default void of_many_who_ask_at_once_one_loads() {
        var store = store();
        var caches = List.of(new Cache(store, ALBUMS), new Cache(store, ALBUMS), new Cache(store, ALBUMS));
        for (int round = 0; round < 10; round++) {
            var key = "round " + round;
            var counter = new Counter();
            var answers = Together.call(
                    12,
                    thread -> caches.get(thread % 3).get(key, LONG, () -> {
                        Thread.sleep(20); // what makes it dear
                        return counter.load();
                    }));

            assertThat(counter.loads()).as(key).isEqualTo(1);
            assertThat(answers).extracting(Answer::value).containsOnly(Optional.of("1"));
        }
        caches.forEach(Cache::close);
    }

    @Test
    default void a_load_may_take_longer_than_its_lease() throws Exception {
        var store = store();
        // So long that a machine that stands still for a moment does not lose it.
        var lease = Duration.ofSeconds(3);
        var settings = ALBUMS.withLease(lease).withPatience(LONG);
        var counter = new Counter();
        try (var ada = new Cache(store, settings);
                var grace = new Cache(store, settings)) {
            var begun = new CountDownLatch(1);
            var end = new CountDownLatch(1);
            var first = start(() -> ada.get(KEY, LONG, () -> {
                begun.countDown();
                end.await();
                return counter.load();
            }));
            begun.await();
            var second = start(() -> grace.get(KEY, LONG, counter));
            await().during(lease.plusSeconds(1)).atMost(PATIENCE).until(() -> counter.loads() == 0);
            end.countDown();

            assertThat(result(first)).isEqualTo(loaded("1"));
            assertThat(result(second)).isEqualTo(hit("1"));
        }
    }

    @Test
    default void a_load_whose_process_has_died_is_taken_over_when_its_lease_is_over() {
        var store = store();
        var dead = new Question(question(KEY).key(), List.of(), "dead", Duration.ofSeconds(1), 0, false);
        assertThat(store.read(dead)).isInstanceOf(Missing.class);
        try (var cache = new Cache(store, ALBUMS)) {
            assertThat(cache.get(KEY, LONG, new Counter())).isEqualTo(loaded("1"));
            assertThat(store.write(dead.load(), ENTRY)).isFalse();
            assertThat(store.renew(dead.load(), LONG)).isFalse();
            assertThat(cache.get(KEY, LONG, UNEXPECTED)).isEqualTo(hit("1"));
        }
    }

    @Test
    default void a_failure_is_told_to_who_asked_and_the_next_one_tries_again() {
        var store = store();
        try (var ada = new Cache(store, ALBUMS);
                var grace = new Cache(store, ALBUMS)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> ada.get(KEY, LONG, () -> {
                            throw new IOException("as planned");
                        }))
                        .isInstanceOfSatisfying(LoadFailedException.class, failed -> {
                            assertThat(failed.key()).isEqualTo(KEY);
                            assertThat(failed.cache()).isEqualTo("albums");
                        })
                        .hasMessageContaining("albums")
                        .hasMessageContaining("as planned")
                        .hasCauseInstanceOf(IOException.class);
            }
            assertThat(grace.get(KEY, LONG, new Counter())).isEqualTo(loaded("1"));
        }
    }

    @Test
    default void who_waits_for_a_load_that_fails_tries_it_then() throws Exception {
        var store = store();
        try (var ada = new Cache(store, ALBUMS);
                var grace = new Cache(store, ALBUMS)) {
            var begun = new CountDownLatch(1);
            var end = new CountDownLatch(1);
            var first = start(() -> ada.get(KEY, LONG, () -> {
                begun.countDown();
                end.await();
                throw new IOException("as planned");
            }));
            begun.await();
            var second = start(() -> grace.get(KEY, LONG, new Counter()));
            end.countDown();

            assertThatThrownBy(() -> result(first)).hasCauseInstanceOf(LoadFailedException.class);
            assertThat(result(second).value()).contains("1");
        }
    }

    @Test
    default void who_has_waited_long_enough_loads_by_itself_and_keeps_nothing() {
        var store = store();
        var question = question(KEY);
        assertThat(store.read(question)).isInstanceOf(Missing.class);
        try (var cache = new Cache(store, ALBUMS.withPatience(WHILE))) {
            long begun = System.nanoTime();
            assertThat(cache.get(KEY, LONG, new Counter())).isEqualTo(notKept("1"));
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(WHILE, PATIENCE);

            assertThat(store.write(question.load(), ENTRY)).isTrue();
        }
    }

    @Test
    default void who_waits_with_another_waits_on_when_that_one_has_waited_long_enough() throws Exception {
        var store = store();
        var watched = new WatchedStore(store);
        var question = question(KEY);
        assertThat(store.read(question)).isInstanceOf(Missing.class);
        var patience = WHILE.multipliedBy(15);
        try (var cache = new Cache(watched, ALBUMS.withPatience(patience))) {
            var first = start(() -> cache.get(KEY, LONG, () -> {
                store.write(question.load(), ENTRY);
                return Optional.of("its own");
            }));
            await().atMost(PATIENCE).until(() -> watched.reads() >= 2);
            var asked = System.nanoTime();
            await().atMost(PATIENCE).until(() -> first.isDone() || System.nanoTime() - asked > patience.toNanos() / 2);
            var second = start(() -> cache.get(KEY, LONG, UNEXPECTED));

            assertThat(result(first)).isEqualTo(notKept("its own"));
            assertThat(result(second)).isEqualTo(hit("1"));
        }
    }

    @Test
    default void what_is_invalidated_while_it_is_loaded_is_for_who_asked_before_and_is_not_kept() {
        var store = store();
        try (var ada = new Cache(store, ALBUMS);
                var grace = new Cache(store, ALBUMS)) {
            var counter = new Counter();
            assertThat(ada.get(KEY, LONG, () -> {
                        grace.invalidate(KEY);
                        // Who asks after that does not wait for what was begun before.
                        assertThat(grace.get(KEY, LONG, () -> Optional.of("new")))
                                .isEqualTo(loaded("new"));
                        return counter.load();
                    }))
                    .isEqualTo(notKept("1"));

            assertThat(ada.get(KEY, LONG, counter)).isEqualTo(hit("new"));
        }
    }

    @Test
    default void the_right_to_load_is_one_callers_and_ends_with_its_use() {
        var store = store();
        var first = question(KEY);
        var second = question(KEY);
        assertThat(store.read(first)).isInstanceOf(Missing.class);
        assertThat(store.read(second)).isInstanceOfSatisfying(Busy.class, busy -> {
            assertThat(busy.token()).isEqualTo(first.token());
            assertThat(busy.endsIn()).isBetween(LONG.minus(PATIENCE), LONG);
        });
        assertThat(store.write(second.load(), ENTRY)).isFalse();
        assertThat(store.renew(second.load(), LONG)).isFalse();
        store.abandon(second.load(), Duration.ZERO);
        assertThat(store.renew(first.load(), LONG)).isTrue();

        assertThat(store.write(first.load(), ENTRY)).isTrue();

        assertThat(store.write(first.load(), ENTRY)).isFalse();
        assertThat(store.renew(first.load(), LONG)).isFalse();
        assertThat(store.read(second)).isInstanceOfSatisfying(Fresh.class, fresh -> {
            assertThat(fresh.entry().value()).contains("1");
            assertThat(fresh.entry().loadTime()).isEqualTo(ENTRY.loadTime());
            assertThat(fresh.entry().freshFor()).isBetween(LONG.minus(PATIENCE), LONG);
        });
    }

    @Test
    default void a_right_that_was_given_up_is_the_next_ones() {
        var store = store();
        var first = question(KEY);
        store.read(first);
        store.abandon(first.load(), Duration.ZERO);
        var second = question(KEY);
        assertThat(store.read(second)).isInstanceOf(Missing.class);

        store.abandon(second.load(), Duration.ofSeconds(3));
        assertThat(store.read(question(KEY))).isInstanceOf(Busy.class);
        await().atMost(PATIENCE).until(() -> store.read(question(KEY)) instanceof Missing);
    }

    @Test
    default void who_is_interrupted_while_it_waits_does_not_wait_longer() throws Exception {
        var store = store();
        assertThat(store.read(question(KEY))).isInstanceOf(Missing.class);
        try (var cache = new Cache(store, ALBUMS.withPatience(LONG))) {
            var interrupted = new ArrayList<Boolean>();
            var waiting = new FutureTask<>(() -> cache.get(KEY, LONG, () -> {
                interrupted.add(Thread.currentThread().isInterrupted());
                return Optional.of("1");
            }));
            var thread = Thread.ofVirtual().name("waiting").start(waiting);
            assertThat(waiting.isDone()).isFalse();
            await().atMost(PATIENCE).until(() -> thread.getState() == Thread.State.TIMED_WAITING);
            thread.interrupt();

            assertThat(result(waiting)).isEqualTo(notKept("1"));
            assertThat(interrupted).containsExactly(true);
        }
    }

    private static <T> FutureTask<T> start(Callable<T> call) {
        var task = new FutureTask<>(call);
        Thread.ofVirtual().name("asking").start(task);
        return task;
    }

    private static <T> T result(FutureTask<T> task) throws Exception {
        return task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
