package dev.coatcheck.contracts.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.flags.Audience;
import dev.coatcheck.state.flags.Flag;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.flags.FlagStore;
import dev.coatcheck.state.flags.FlagStore.Stored;
import dev.coatcheck.state.flags.FlagValue;
import dev.coatcheck.state.flags.Flags;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every adapter of {@link FlagStore} passes. */
public abstract class FlagsContract {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** So seldom that only the store's own word can be the reason that a change is seen. */
    static final FlagSettings TOLD = FlagSettings.defaults().withPoll(Duration.ofHours(1));

    /**
     * The store under test; called once in each test.
     *
     * @return a store that holds nothing of another test
     */
    protected abstract FlagStore store();

    private static Stored read(FlagStore store) {
        return store.read(-1).orElseThrow();
    }

    @Test
    void a_store_that_was_never_written_to_has_no_flags_and_no_version() {
        var store = store();

        assertThat(store.read(-1)).contains(new Stored(0, Map.of()));
        assertThat(store.read(0)).isEmpty();
    }

    @Test
    void what_was_put_is_read_until_it_is_replaced_or_removed() {
        var store = store();
        store.put("a", "1");
        store.put("b", "2");
        assertThat(read(store).texts()).isEqualTo(Map.of("a", "1", "b", "2"));

        store.put("a", "3");
        store.remove("b");
        assertThat(read(store).texts()).isEqualTo(Map.of("a", "3"));

        store.remove("a");
        assertThat(read(store).texts()).isEmpty();
        assertThat(read(store).version()).as("which is not the same as never").isPositive();
    }

    @Test
    void each_change_has_a_greater_version_and_what_is_known_is_not_read_again() {
        var store = store();
        long before = 0;
        for (int i = 0; i < 5; i++) {
            store.put("a", "" + i);
            long version = read(store).version();
            assertThat(version).isGreaterThan(before);
            assertThat(store.read(version)).isEmpty();
            assertThat(store.read(before)).isPresent();
            before = version;
        }
        store.remove("a");
        assertThat(read(store).version()).isGreaterThan(before);
    }

    @Test
    void of_changes_at_the_same_moment_none_is_lost() {
        var store = store();
        Together.run(4, thread -> {
            for (int i = 0; i < 25; i++) {
                store.put("flag-" + thread + "-" + i, "" + i);
                store.put("shared", thread + "-" + i);
            }
        });

        assertThat(read(store).texts()).hasSize(101);
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "*", "a b", "{a}", "'; --", "é 漢字 🧥", "version", "flag:a", "\u0001", "\t\n\\"})
    void any_text_that_stores_take_is_a_name_and_a_flag(String text) {
        var store = store();
        store.put(text, text);
        store.put("large", text.repeat(1_000));

        assertThat(read(store).texts()).isEqualTo(Map.of(text, text, "large", text.repeat(1_000)));
    }

    @Test
    void who_listens_is_told_of_changes_until_it_listens_no_more() {
        var store = store();
        var told = new AtomicInteger();
        try (var listening = store.listen(told::incrementAndGet)) {
            assertThat(listening).isNotNull();
            // It begins when it can; from then on nothing is missed.
            await().atMost(PATIENCE).until(() -> {
                store.put("a", "1");
                return told.get() > 0;
            });
            int before = told.get();
            store.remove("a");
            await().atMost(PATIENCE).until(() -> told.get() > before);
        }
    }

    @Test
    void a_change_reaches_everybody_else_without_being_asked_for() {
        var store = store();
        try (var one = new Flags(store, TOLD);
                var two = new Flags(store, TOLD)) {
            var expected = new HashMap<String, Flag>();
            for (int i = 0; i < 5; i++) {
                var flag = Flag.of("flag-" + i % 3, FlagValue.of(i));
                one.put(flag);
                expected.put(flag.name(), flag);
                await().atMost(PATIENCE)
                        .until(() -> two.snapshot().flags().equals(expected)
                                && one.snapshot().flags().equals(expected));
            }
            two.remove("flag-0");
            await().atMost(PATIENCE)
                    .until(() ->
                            one.snapshot().evaluate("flag-0", Audience.nobody()).isEmpty());
        }
    }
}
