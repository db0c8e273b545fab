package dev.coatcheck.contracts.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.flags.Audience;
import dev.coatcheck.state.flags.Flag;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.flags.FlagValue;
import dev.coatcheck.state.flags.Flags;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is kept when the store is in trouble. */
class FlagsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final FlagSettings SETTINGS = FlagSettings.defaults().withPoll(Duration.ofMillis(100));
    private static final Audience ADA = Audience.of("ada");
    private static final Flag ON = Flag.of("sepia", FlagValue.of(true));

    private final TroubledFlagStore store = new TroubledFlagStore();
    private Flags flags = new Flags(store, SETTINGS);

    private boolean isOn() {
        return flags.snapshot().isOn("sepia", ADA, false);
    }

    private void awaitOn(boolean expected) {
        await().atMost(PATIENCE).until(() -> isOn() == expected);
    }

    @AfterEach
    void close() {
        flags.close();
    }

    @Test
    void while_the_store_is_away_the_last_known_flags_stay_and_changes_come_when_it_is_back() {
        flags.put(ON);
        awaitOn(true);
        store.cutOff = true;

        await().atMost(PATIENCE).until(() -> flags.age().compareTo(Duration.ofMillis(500)) > 0);
        assertThat(isOn()).isTrue();
        assertThatThrownBy(() -> flags.remove("sepia")).isInstanceOf(BackingServiceException.class);

        store.store.remove("sepia");
        store.cutOff = false;
        awaitOn(false);
        assertThat(flags.age()).isLessThan(PATIENCE);
    }

    @Test
    void a_process_that_never_reached_the_store_asks_with_its_defaults_and_begins_by_itself() throws Exception {
        flags.put(ON);
        flags.close();
        store.cutOff = true;
        flags = new Flags(store, SETTINGS);

        assertThat(flags.awaitFirst(Duration.ofMillis(300))).isFalse();
        assertThat(flags.snapshot().version()).isEqualTo(-1);
        assertThat(isOn()).isFalse();
        assertThat(flags.snapshot().isOn("sepia", ADA, true)).isTrue();

        store.cutOff = false;
        assertThat(flags.awaitFirst(PATIENCE)).isTrue();
        assertThat(isOn()).isTrue();
    }

    @Test
    void a_change_that_nobody_told_of_is_found_by_asking() {
        store.silent = true;
        store.store.put("sepia", "1\notherwise\tbool\ttrue");

        awaitOn(true);
    }

    @Test
    void a_store_that_comes_back_empty_takes_nothing_away_until_somebody_stores_a_flag() {
        flags.put(ON);
        flags.put(Flag.of("other", FlagValue.of(1)));
        awaitOn(true);
        var other = new InMemoryFlagStore();
        store.store = other;

        await().during(Duration.ofMillis(500)).atMost(PATIENCE).until(this::isOn);
        for (int i = 0; i < 5; i++) {
            other.put("another", "1\notherwise\twhole\t2");
        }
        awaitOn(false);
        assertThat(flags.snapshot().flags()).containsOnlyKeys("another");
    }

    @Test
    void a_flag_that_a_newer_release_wrote_stays_what_it_was_or_is_none() {
        flags.put(ON);
        awaitOn(true);
        store.put("sepia", "2\nsomething new");
        store.put("unknown", "2\nsomething new");
        store.put("last", "1\notherwise\tbool\ttrue");

        await().atMost(PATIENCE).until(() -> flags.snapshot().isOn("last", ADA, false));
        assertThat(isOn()).isTrue();
        assertThat(flags.snapshot().evaluate("unknown", ADA)).isEmpty();
    }

    @Test
    void a_snapshot_never_changes() {
        flags.put(ON);
        awaitOn(true);
        var snapshot = flags.snapshot();
        flags.remove("sepia");

        awaitOn(false);
        assertThat(snapshot.isOn("sepia", ADA, false)).isTrue();
    }
}
