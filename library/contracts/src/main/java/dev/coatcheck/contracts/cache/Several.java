package dev.coatcheck.contracts.cache;

import static dev.coatcheck.contracts.cache.CacheUnderTest.hit;
import static dev.coatcheck.contracts.cache.CacheUnderTest.keepUntilStale;
import static dev.coatcheck.contracts.cache.CacheUnderTest.loaded;
import static dev.coatcheck.contracts.cache.CacheUnderTest.notKept;
import static dev.coatcheck.contracts.cache.CacheUnderTest.question;
import static dev.coatcheck.contracts.cache.CacheUnderTest.stale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.cache.Answer;
import dev.coatcheck.state.cache.BulkLoader;
import dev.coatcheck.state.cache.Cache;
import dev.coatcheck.state.cache.LoadFailedException;
import dev.coatcheck.state.cache.Question;
import dev.coatcheck.state.cache.ReadResult.Busy;
import dev.coatcheck.state.cache.ReadResult.Fresh;
import dev.coatcheck.state.cache.ReadResult.Missing;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Several keys are asked for at once: each as if alone, and all for the price of one. */
interface Several extends CacheUnderTest {

    /** Finds a value for each key, in which the key is, and remembers what it was asked for each time. */
    final class Bulk implements BulkLoader {
        private final List<Set<String>> loads = new CopyOnWriteArrayList<>();
        private final String found;

        Bulk(String found) {
            this.found = found;
        }

        @Override
        public Map<String, String> load(Set<String> keys) {
            loads.add(keys);
            return keys.stream().collect(Collectors.toMap(key -> key, key -> found + key));
        }

        List<Set<String>> loads() {
            return loads;
        }
    }

    BulkLoader NONE = keys -> {
        throw new AssertionError("loaded, although there was something to serve: " + keys);
    };

    /** The numbers up to one, as keys. */
    private static List<String> keys(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    private static Map<String, Answer> all(Collection<String> keys, Function<String, Answer> answer) {
        return keys.stream().collect(Collectors.toMap(key -> key, answer));
    }

    @Test
    default void several_are_read_in_one_trip_loaded_at_once_and_kept_in_one() {
        var watched = new WatchedStore(store());
        var bulk = new Bulk("v");
        try (var ada = new Cache(watched, ALBUMS);
                var grace = new Cache(watched, ALBUMS)) {
            assertThat(ada.getAll(keys(20), LONG, bulk)).isEqualTo(all(keys(20), key -> loaded("v" + key)));
            assertThat(List.of(watched.reads(), watched.writes())).isEqualTo(List.of(1, 1));

            assertThat(grace.getAll(keys(20), LONG, NONE)).isEqualTo(all(keys(20), key -> hit("v" + key)));
            assertThat(List.of(watched.reads(), watched.writes())).isEqualTo(List.of(2, 1));

            grace.invalidate("7");
            assertThat(grace.getAll(List.of("21", "7", "3", "21", "20"), LONG, bulk))
                    .containsExactly(
                            Map.entry("21", loaded("v21")),
                            Map.entry("7", loaded("v7")),
                            Map.entry("3", hit("v3")),
                            Map.entry("20", loaded("v20")));
            assertThat(bulk.loads()).containsExactly(Set.copyOf(keys(20)), Set.of("21", "7", "20"));
            assertThat(ada.get("21", LONG, UNEXPECTED)).isEqualTo(hit("v21"));
        }
    }

    @Test
    default void what_may_be_large_is_read_in_several_trips_and_loaded_at_once() {
        var watched = new WatchedStore(store());
        var bulk = new Bulk("v");
        try (var cache = new Cache(watched, ALBUMS.withMaxBytes(Cache.MOST_BYTES_AT_ONCE / 8))) {
            assertThat(cache.getAll(keys(20), LONG, bulk)).isEqualTo(all(keys(20), key -> loaded("v" + key)));
            assertThat(cache.getAll(keys(20), LONG, NONE)).isEqualTo(all(keys(20), key -> hit("v" + key)));
        }
        assertThat(List.of(watched.reads(), watched.writes())).isEqualTo(List.of(2 * 3, 1));
        assertThat(bulk.loads()).containsExactly(Set.copyOf(keys(20)));
    }

    @Test
    default void that_there_is_nothing_for_some_is_kept_too() {
        try (var cache = new Cache(store(), ALBUMS.withNothingTtl(LONG))) {
            assertThat(cache.getAll(keys(3), LONG, keys -> Map.of("1", "one")))
                    .containsEntry("1", loaded("one"))
                    .containsEntry("2", new Answer.Loaded(Optional.empty(), true));

            assertThat(cache.getAll(keys(3), LONG, NONE))
                    .containsEntry("1", hit("one"))
                    .containsEntry("2", new Answer.Hit(Optional.empty()));
        }
    }

    @Test
    default void as_many_as_are_allowed_are_read_with_tags_of_their_own() {
        var store = store();
        var many = keys(Cache.MOST_KEYS);
        Function<String, Set<String>> tags = key -> key.equals("0") ? Set.of() : Set.of("a, \"" + key + "\"}", "all");
        try (var cache = new Cache(store, ALBUMS)) {
            for (var value : List.of("1 ", "2 ", "3 ")) {
                var bulk = new Bulk(value);
                cache.getAll(many, tags, LONG, bulk);
                assertThat(bulk.loads().get(0)).hasSize(value.equals("1 ") ? many.size() : many.size() - 1);
                assertThat(cache.getAll(many, tags, LONG, NONE))
                        .isEqualTo(all(many, key -> hit((key.equals("0") ? "1 " : value) + key)));
                cache.invalidateTag("all");
            }
            cache.getAll(many, tags, LONG, new Bulk("4 "));
            cache.invalidateTag("a, \"42\"}");
            var bulk = new Bulk("5 ");
            assertThat(cache.getAll(many, tags, LONG, bulk)).containsEntry("42", loaded("5 42"));
            assertThat(bulk.loads()).containsExactly(Set.of("42"));
            assertThat(cache.get("42", tags.apply("42"), LONG, UNEXPECTED)).isEqualTo(hit("5 42"));
        }
    }

    @Test
    default void of_many_who_ask_at_once_for_some_of_the_same_one_loads_each() {
        var store = store();
        var caches = List.of(new Cache(store, ALBUMS), new Cache(store, ALBUMS), new Cache(store, ALBUMS));
        for (int round = 0; round < 5; round++) {
            var prefix = round + ": ";
            var bulk = new Bulk("v");
            Together.run(9, thread -> {
                var random = new Random(thread);
                var asked = new ArrayList<>(keys(12).stream()
                        .filter(key -> random.nextInt(4) > 0)
                        .map(key -> prefix + key)
                        .toList());
                Collections.shuffle(asked, random);
                var answers = caches.get(thread % 3).getAll(asked, key -> Set.of("all", key), LONG, missing -> {
                    Thread.sleep(20); // what makes it dear
                    return bulk.load(missing);
                });
                assertThat(answers.keySet()).containsExactlyElementsOf(asked);
                answers.forEach((key, answer) -> assertThat(answer.value()).contains("v" + key));
            });
            assertThat(bulk.loads().stream().flatMap(Set::stream).toList()).doesNotHaveDuplicates();
        }
        caches.forEach(Cache::close);
    }

    @Test
    default void what_cannot_be_kept_is_loaded_once_for_all_here_who_ask_meanwhile() throws Exception {
        var watched = new WatchedStore(store());
        var told = new AtomicInteger();
        watched.beforeAnswering(told::incrementAndGet);
        var bulk = new Bulk("too large ");
        try (var cache = new Cache(watched, ALBUMS.withMaxBytes(1))) {
            var begun = new CountDownLatch(1);
            var end = new CountDownLatch(1);
            var first = start(() -> cache.getAll(keys(10), LONG, keys -> {
                begun.countDown();
                end.await();
                return bulk.load(keys);
            }));
            begun.await();
            var others = Stream.generate(() -> new FutureTask<>(() -> cache.getAll(keys(10), LONG, bulk)))
                    .limit(5)
                    .toList();
            var threads = others.stream()
                    .map(other -> Thread.ofVirtual().name("asking").start(other))
                    .toList();
            await().atMost(PATIENCE)
                    .until(() -> told.get() == 1 + threads.size()
                            && threads.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
            end.countDown();

            var expected = all(keys(10), key -> notKept("too large " + key));
            assertThat(result(first)).isEqualTo(expected);
            for (var other : others) {
                assertThat(result(other)).isEqualTo(expected);
            }
        }
        assertThat(bulk.loads()).containsExactly(Set.copyOf(keys(10)));
    }

    @Test
    default void what_others_load_is_waited_for_when_ones_own_is_kept() throws Exception {
        var store = store();
        var watched = new WatchedStore(store);
        try (var ada = new Cache(store, ALBUMS);
                var grace = new Cache(watched, ALBUMS)) {
            var begun = new CountDownLatch(1);
            var end = new CountDownLatch(1);
            var bulk = new Bulk("ada's ");
            var first = start(() -> ada.getAll(keys(10), LONG, keys -> {
                begun.countDown();
                end.await();
                return bulk.load(keys);
            }));
            begun.await();
            var loading = new CountDownLatch(1);
            var second = start(() -> grace.getAll(keys(11), LONG, keys -> {
                loading.countDown();
                return new Bulk("grace's ").load(keys);
            }));
            loading.await();

            // Kept while others are still waited for.
            await().atMost(PATIENCE)
                    .until(() ->
                            ada.get("10", LONG, () -> Optional.of("nobody's")).equals(hit("grace's 10")));
            await().during(SHORT.multipliedBy(3)).atMost(PATIENCE).until(() -> !second.isDone());
            end.countDown();

            assertThat(result(first)).isEqualTo(all(keys(10), key -> loaded("ada's " + key)));
            assertThat(result(second)).hasSize(11).containsEntry("10", loaded("grace's 10"));
            assertThat(result(second)).containsEntry("0", hit("ada's 0")).containsEntry("9", hit("ada's 9"));
            assertThat(watched.writes()).isEqualTo(1);
        }
    }

    @Test
    default void who_has_waited_long_enough_loads_the_rest_at_once_and_keeps_nothing_of_it() {
        var store = store();
        var rights = List.of(question("0"), question("1"), question("2"));
        rights.forEach(question -> assertThat(store.read(question)).isInstanceOf(Missing.class));
        var bulk = new Bulk("v");
        try (var cache = new Cache(store, ALBUMS.withPatience(WHILE))) {
            long begun = System.nanoTime();
            assertThat(cache.getAll(keys(4), LONG, bulk))
                    .isEqualTo(all(keys(4), key -> key.equals("3") ? loaded("v3") : notKept("v" + key)));
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(WHILE, PATIENCE);
        }
        assertThat(bulk.loads()).containsExactly(Set.of("3"), Set.of("0", "1", "2"));
        rights.forEach(question ->
                assertThat(store.write(question.load(), Loading.ENTRY)).isTrue());
    }

    @Test
    default void who_has_waited_long_enough_is_served_what_was_kept_meanwhile() {
        var store = store();
        var watched = new WatchedStore(store);
        var rights = questions("0", "1");
        assertThat(store.readAll(rights)).hasOnlyElementsOfType(Missing.class);
        watched.beforeAnswering(() -> {
            if (watched.reads() == 2) { // for the first, which is waited for
                store.write(rights.get(1).load(), Loading.ENTRY);
            }
        });
        var bulk = new Bulk("v");
        try (var cache = new Cache(watched, ALBUMS.withPatience(WHILE.multipliedBy(10)))) {
            assertThat(cache.getAll(keys(2), LONG, bulk)).isEqualTo(Map.of("0", notKept("v0"), "1", hit("1")));
        }
        assertThat(bulk.loads()).containsExactly(Set.of("0"));
    }

    @Test
    default void what_is_loaded_together_ends_together() {
        var store = store();
        try (var cache = new Cache(store, ALBUMS.withJitter(1))) {
            cache.getAll(keys(20), Cache.LONGEST, new Bulk("v"));
        }
        var left = store.readAll(keys(20).stream().map(key -> question(key)).toList()).stream()
                .map(result -> ((Fresh) result).entry().freshFor())
                .toList();
        assertThat(Collections.max(left).minus(Collections.min(left))).isLessThan(PATIENCE);
        assertThat(left.get(0)).as("jittered").isLessThan(Cache.LONGEST.minus(PATIENCE));
    }

    @Test
    default void what_is_stale_is_served_at_once_while_it_is_loaded_anew_with_its_like() {
        var store = store();
        try (var cache = new Cache(store, ALBUMS.withStale(LONG))) {
            cache.getAll(keys(3), SHORT, new Bulk("old "));
            keepUntilStale(cache, store, "old");
            var bulk = new Bulk("new ");
            assertThat(cache.getAll(List.of("0", "1", KEY, "3"), LONG, bulk))
                    .isEqualTo(
                            Map.of("0", stale("old 0"), "1", stale("old 1"), KEY, stale("old"), "3", loaded("new 3")));

            await().atMost(PATIENCE)
                    .until(() -> cache.getAll(List.of("0", "1", KEY), LONG, NONE)
                            .equals(Map.of("0", hit("new 0"), "1", hit("new 1"), KEY, hit("new " + KEY))));
            assertThat(bulk.loads()).containsExactlyInAnyOrder(Set.of("3"), Set.of("0", "1", KEY));
        }
    }

    @Test
    default void where_the_loader_fails_what_is_stale_is_served_and_what_is_missing_is_the_next_ones_to_load() {
        var store = store();
        BulkLoader failing = keys -> {
            throw new IOException("as planned");
        };
        try (var ada = new Cache(store, ALBUMS.withStale(LONG));
                var grace = new Cache(store, ALBUMS.withStale(LONG))) {
            ada.getAll(keys(2), SHORT, new Bulk("old "));
            keepUntilStale(ada, store, "old");
            for (int i = 0; i < 3; i++) {
                assertThat(ada.getAll(keys(2), LONG, failing)).isEqualTo(all(keys(2), key -> stale("old " + key)));
                assertThatThrownBy(() -> ada.getAll(List.of("0", "3", "4"), LONG, failing))
                        .isInstanceOfSatisfying(
                                LoadFailedException.class,
                                failed -> assertThat(failed.key()).isEqualTo("3"))
                        .hasCauseInstanceOf(IOException.class);
            }
            assertThat(grace.getAll(List.of("3", "4"), LONG, new Bulk("v")))
                    .isEqualTo(all(List.of("3", "4"), key -> loaded("v" + key)));
        }
    }

    @Test
    default void of_several_that_are_loaded_together_only_what_was_invalidated_meanwhile_is_not_kept() {
        var store = store();
        Function<String, Set<String>> tags = key -> Set.of("tag " + key);
        try (var ada = new Cache(store, ALBUMS);
                var grace = new Cache(store, ALBUMS)) {
            assertThat(ada.getAll(keys(4), tags, LONG, keys -> {
                        grace.invalidate("1");
                        grace.invalidateTag("tag 2");
                        return new Bulk("old ").load(keys);
                    }))
                    .containsEntry("0", loaded("old 0"))
                    .containsEntry("1", notKept("old 1"));

            assertThat(grace.getAll(keys(4), tags, LONG, new Bulk("new ")))
                    .isEqualTo(Map.of(
                            "0", hit("old 0"),
                            "1", loaded("new 1"),
                            "2", loaded("new 2"),
                            "3", hit("old 3")));
        }
    }

    @Test
    default void of_several_only_what_is_too_large_is_not_kept() {
        try (var cache = new Cache(store(), ALBUMS.withMaxBytes(2))) {
            for (int i = 0; i < 2; i++) {
                assertThat(cache.getAll(List.of("1", "large"), LONG, new Bulk("v")))
                        .containsEntry("1", i == 0 ? loaded("v1") : hit("v1"))
                        .containsEntry("large", notKept("vlarge"));
            }
        }
    }

    @Test
    default void each_of_several_rights_to_load_is_one_callers() {
        var store = store();
        var first = questions("a", "b", "c");
        assertThat(store.readAll(first)).hasOnlyElementsOfType(Missing.class);
        var second = questions("d", "b", "a", "e");
        var results = store.readAll(second);
        assertThat(results).element(0).isInstanceOf(Missing.class);
        assertThat(results).element(3).isInstanceOf(Missing.class);
        assertThat(results)
                .element(1)
                .isInstanceOfSatisfying(
                        Busy.class,
                        busy -> assertThat(busy.token()).isEqualTo(first.get(1).token()));

        var a = first.get(0).load();
        var b = first.get(1).load();
        var d = second.get(0).load();
        var never = second.get(2).load();
        assertThat(store.renewAll(List.of(d, a, never), LONG)).containsExactlyInAnyOrder(a, d);
        store.abandonAll(List.of(a, never), Duration.ZERO);
        assertThat(store.renewAll(List.of(a, b), LONG)).containsExactly(b);
        assertThat(store.writeAll(Map.of(a, Loading.ENTRY, b, Loading.ENTRY, never, Loading.ENTRY)))
                .containsExactly(b);
        store.abandonAll(List.of(d), Duration.ofMillis(1));
        await().atMost(PATIENCE).until(() -> store.read(question("d")) instanceof Missing);
    }

    @Test
    default void what_cannot_be_asked_for_at_once_is_refused() {
        var watched = new WatchedStore(store());
        try (var cache = new Cache(watched, ALBUMS)) {
            assertThat(cache.getAll(List.of(), LONG, NONE)).isEmpty();
            assertThatThrownBy(() -> cache.getAll(keys(Cache.MOST_KEYS + 1), LONG, NONE))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> cache.getAll(List.of("1", ""), LONG, NONE))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> cache.getAll(keys(2), key -> Set.of(""), LONG, NONE))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> cache.getAll(keys(2), Duration.ZERO, NONE))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(watched.reads()).isZero();

            assertThatThrownBy(() -> cache.getAll(keys(2), LONG, keys -> Map.of("1", "1", "2", "2")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("was not asked for");
            assertThatThrownBy(() -> cache.getAll(keys(2), LONG, keys -> Map.of("1", "a\0b")))
                    .isInstanceOf(IllegalArgumentException.class);
            nulls().forEach(loader -> assertThatThrownBy(() -> cache.getAll(keys(2), LONG, loader))
                    .isInstanceOf(LoadFailedException.class)
                    .hasMessageContaining("leave the key out"));
            assertThat(cache.getAll(keys(2), LONG, new Bulk("v"))).isEqualTo(all(keys(2), key -> loaded("v" + key)));
        }
    }

    @SuppressWarnings("NullAway") // what a loader may do that is compiled without checks for null
    private static List<BulkLoader> nulls() {
        return List.of(
                keys -> null, keys -> Collections.singletonMap("1", null), keys -> Collections.singletonMap(null, "1"));
    }

    private static List<Question> questions(String... keys) {
        return List.of(keys).stream().map(key -> question(key)).toList();
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
