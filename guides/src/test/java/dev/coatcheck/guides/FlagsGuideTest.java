package dev.coatcheck.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.openfeature.ConfiguredProvider;
import dev.coatcheck.openfeature.FlagsProvider;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.state.flags.Audience;
import dev.coatcheck.state.flags.Flag;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.flags.FlagValue;
import dev.coatcheck.state.flags.Flags;
import dev.coatcheck.state.flags.Rule;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.Value;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The samples of {@code docs/flags.md}, as two instances run them. */
class FlagsGuideTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Flags attach(Redis redis) {
        var flags = redis.flags(FlagSettings.defaults());

        flags.put(Flag.of("new-checkout", FlagValue.of(false))
                .with(Rule.where("plan", "pro", "team").serve(FlagValue.of(true)))
                .with(Rule.everybody().serve(FlagValue.of(true), 10))); // per cent
        return flags;
    }

    private static String checkout(Flags flags, String userId, String plan) {
        var now = flags.snapshot(); // once for a request, so that it does not change its mind on the way
        if (now.isOn("new-checkout", Audience.of(userId).with("plan", plan), false)) {
            return newCheckout();
        }
        return "old";
    }

    private static String newCheckout() {
        return "new";
    }

    @Test
    void a_flag_in_the_store_is_switched_everywhere() {
        var url = SharedServers.freshRedisUrl();
        try (var one = Redis.attach(url);
                var two = Redis.attach(url);
                var here = attach(one);
                var there = two.flags(FlagSettings.defaults())) {
            await().atMost(PATIENCE)
                    .until(() -> checkout(here, "ada", "pro").equals("new")
                            && checkout(there, "ada", "pro").equals("new"));
            assertThat(checkout(here, "ada", "free")).isEqualTo(checkout(there, "ada", "free"));
        }
    }

    @Test
    void open_feature_asks_the_same_flags() {
        try (var redis = Redis.attach(SharedServers.freshRedisUrl());
                var flags = attach(redis)) {
            var userId = "ada";
            var plan = "pro";
            var provider = ConfiguredProvider.of(
                    System.getenv(), () -> new FlagsProvider(redis.flags(FlagSettings.defaults())));
            OpenFeatureAPI.getInstance().setProviderAndWait(provider);

            var client = OpenFeatureAPI.getInstance().getClient();
            client.getBooleanValue(
                    "new-checkout", false, new ImmutableContext(userId, Map.of("plan", new Value(plan))));

            assertThat(flags.snapshot()).isNotNull();
            await().atMost(PATIENCE)
                    .until(() -> client.getBooleanValue(
                            "new-checkout", false, new ImmutableContext(userId, Map.of("plan", new Value(plan)))));
            OpenFeatureAPI.getInstance().shutdown();
        }
    }
}
