package dev.coatcheck.openfeature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.flags.Flag;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.flags.FlagValue;
import dev.coatcheck.state.flags.Flags;
import dev.coatcheck.state.flags.Rule;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.ProviderState;
import dev.openfeature.sdk.Reason;
import dev.openfeature.sdk.Value;
import dev.openfeature.sdk.exceptions.GeneralError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The provider as an application meets it: through OpenFeature's own client. */
class FlagsProviderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ImmutableContext ADA = new ImmutableContext(
            "ada", Map.of("plan", new Value("pro"), "age", new Value(36), "beta", new Value(true)));

    private final CutOffFlagStore store = new CutOffFlagStore();
    private final Flags flags = new Flags(store, FlagSettings.defaults().withPoll(Duration.ofMillis(100)));
    private final FlagsProvider provider = new FlagsProvider(flags, PATIENCE, Duration.ofMillis(500));
    private final OpenFeatureAPI api = OpenFeatureAPI.createIsolated();
    private final Client client = api.getClient();

    private void put(Flag flag) {
        flags.put(flag);
        await().atMost(PATIENCE)
                .until(() -> flag.equals(flags.snapshot().flags().get(flag.name())));
    }

    @AfterEach
    void close() {
        api.shutdown();
        flags.close();
    }

    @Test
    void values_are_typed_and_the_default_is_given_where_the_type_is_another() {
        api.setProviderAndWait(provider);
        put(Flag.of("on", FlagValue.of(true)));
        put(Flag.of("colour", FlagValue.of("red")));
        put(Flag.of("count", FlagValue.of(3)));
        put(Flag.of("large", FlagValue.of(1L << 40)));
        put(Flag.of("ratio", FlagValue.of(0.5)));

        assertThat(client.getBooleanValue("on", false)).isTrue();
        assertThat(client.getStringValue("colour", "blue")).isEqualTo("red");
        assertThat(client.getIntegerValue("count", 1)).isEqualTo(3);
        assertThat(client.getDoubleValue("ratio", 1.0)).isEqualTo(0.5);
        assertThat(client.getDoubleValue("count", 1.0)).isEqualTo(3);
        assertThat(client.getObjectValue("colour", new Value(1)).asString()).isEqualTo("red");

        var wrong = client.getBooleanDetails("colour", true);
        assertThat(wrong.getValue()).isTrue();
        assertThat(wrong.getErrorCode()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(client.getIntegerDetails("large", 1).getErrorCode()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(client.getBooleanDetails("nowhere", true).getErrorCode()).isEqualTo(ErrorCode.FLAG_NOT_FOUND);
    }

    @Test
    void rules_look_at_the_context_and_shares_at_its_key() {
        api.setProviderAndWait(provider);
        var flag = Flag.of("sepia", FlagValue.of("none"))
                .with(Rule.where("age", "36").and("beta", "true").serve(FlagValue.of("rule")))
                .with(Rule.everybody().serve(FlagValue.of("share"), 99.99));
        put(flag);

        var byRule = client.getStringDetails("sepia", "", ADA);
        assertThat(byRule.getValue()).isEqualTo("rule");
        assertThat(byRule.getReason()).isEqualTo(Reason.TARGETING_MATCH.name());
        var byShare = client.getStringDetails("sepia", "", new ImmutableContext("grace"));
        assertThat(byShare.getValue()).isEqualTo("share");
        assertThat(byShare.getReason()).isEqualTo(Reason.SPLIT.name());
        var nobody = client.getStringDetails("sepia", "");
        assertThat(nobody.getValue()).isEqualTo("none");
        assertThat(nobody.getReason()).isEqualTo(Reason.DEFAULT.name());
    }

    @Test
    void a_start_without_the_store_gives_defaults_and_becomes_ready_by_itself() {
        store.cutOff = true;
        try (var late = new Flags(store, FlagSettings.defaults().withPoll(Duration.ofMillis(100)))) {
            var waiting = new FlagsProvider(late, Duration.ofMillis(200), Duration.ofSeconds(30));
            assertThatThrownBy(() -> api.setProviderAndWait(waiting))
                    .isInstanceOf(GeneralError.class)
                    .hasMessageContaining("not reached within");
            assertThat(client.getBooleanDetails("on", true).getValue()).isTrue();

            flags.put(Flag.of("on", FlagValue.of(false)));
            store.cutOff = false;

            await().atMost(PATIENCE).until(() -> client.getProviderState() == ProviderState.READY);
            assertThat(client.getBooleanValue("on", true)).isFalse();
        }
    }

    @Test
    void a_store_that_is_silent_makes_it_stale_with_the_last_known_flags_and_ready_when_it_speaks() {
        api.setProviderAndWait(provider);
        put(Flag.of("on", FlagValue.of(true)));
        store.cutOff = true;

        await().atMost(PATIENCE).until(() -> client.getProviderState() == ProviderState.STALE);
        assertThat(client.getBooleanValue("on", false)).isTrue();

        store.cutOff = false;
        await().atMost(PATIENCE).until(() -> client.getProviderState() == ProviderState.READY);
    }

    @Test
    void changes_are_told_with_their_names() {
        List<String> changed = new CopyOnWriteArrayList<>();
        api.setProviderAndWait(provider);
        client.onProviderConfigurationChanged(details -> changed.addAll(details.getFlagsChanged()));

        put(Flag.of("a", FlagValue.of(true)));
        await().atMost(PATIENCE).until(() -> changed.contains("a"));
        changed.clear();
        flags.put(Flag.of("b", FlagValue.of(true)));
        flags.remove("a");

        // In whatever order the threads of OpenFeature come to it.
        await().atMost(PATIENCE).until(() -> changed.containsAll(List.of("a", "b")));
    }

    @Test
    void a_thread_that_pinned_sees_no_change_until_its_end() {
        api.setProviderAndWait(provider);
        put(Flag.of("on", FlagValue.of(true)));

        try (var outer = provider.pin()) {
            try (var inner = provider.pin()) {
                assertThat(inner).isNotSameAs(outer);
            }
            put(Flag.of("on", FlagValue.of(false)));
            assertThat(client.getBooleanValue("on", false)).isTrue();
        }
        assertThat(client.getBooleanValue("on", true)).isFalse();
    }
}
