package dev.coatcheck.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.cache.EntryKey;
import dev.coatcheck.state.cache.Load;
import dev.coatcheck.state.cache.NewEntry;
import dev.coatcheck.state.cache.Question;
import dev.coatcheck.state.cache.ReadResult.Missing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several entries are read in one transaction, and kept in one. */
class CacheInBulkTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final NewEntry ENTRY = new NewEntry(Optional.of("1"), LONG, Duration.ZERO, Duration.ZERO);
    private static final int KEYS = 20;

    @RegisterExtension
    final Databases databases = new Databases();

    /** The server would end one of two who did, with an error. */
    @Test
    void calls_that_want_the_same_in_any_order_never_wait_for_each_other_in_a_circle() {
        var store = databases.empty().cacheStore();
        var written = new AtomicInteger();
        Together.run(6, thread -> {
            var random = new Random(thread);
            for (int i = 0; i < 60; i++) {
                var questions = questions(random);
                var results = store.readAll(questions);
                var rights = new HashMap<Load, NewEntry>();
                for (int j = 0; j < KEYS; j++) {
                    if (results.get(j) instanceof Missing) {
                        rights.put(questions.get(j).load(), ENTRY);
                    }
                }
                if (!rights.isEmpty()) {
                    store.renewAll(rights.keySet(), LONG);
                    written.addAndGet(store.writeAll(rights).size());
                }
                store.invalidateTag("albums", "tag " + random.nextInt(KEYS));
                store.invalidate(new EntryKey("albums", "" + random.nextInt(KEYS)));
            }
        });

        assertThat(written).hasValueGreaterThan(KEYS);
    }

    /** What is loaded now may live for 30 days, and an entry is lost with the version of its tag. */
    @Test
    void a_tag_that_is_only_asked_for_in_bulk_is_kept_on_with_one_write_a_day() {
        var postgres = databases.empty();
        var store = postgres.cacheStore();
        var questions = Stream.of("42", "43")
                .map(key -> new Question(new EntryKey("albums", key), List.of("user:7"), "token" + key, LONG, 0, false))
                .toList();
        store.readAll(questions);
        Databases.update(postgres, "update coatcheck.cache_tags set purge_at = clock_timestamp() + interval '1 day'");

        store.readAll(questions);
        assertThat(databases.query(
                        "select purge_at > clock_timestamp() + interval '31 days' from coatcheck.cache_tags"))
                .containsExactly("t");

        var row = "select xmin::text from coatcheck.cache_tags";
        var written = databases.query(row);
        store.readAll(questions);
        assertThat(databases.query(row)).isEqualTo(written);
    }

    /** All keys in any order; the tags of the first are in another order than those of the last. */
    private static List<Question> questions(Random random) {
        var keys = new ArrayList<>(IntStream.range(0, KEYS).boxed().toList());
        Collections.shuffle(keys, random);
        return keys.stream()
                .map(key -> new Question(
                        new EntryKey("albums", "" + key),
                        Stream.of("tag " + (KEYS - 1 - key), "tag " + key / 2)
                                .distinct()
                                .sorted()
                                .toList(),
                        UUID.randomUUID().toString().replace("-", ""),
                        LONG,
                        0,
                        false))
                .toList();
    }
}
