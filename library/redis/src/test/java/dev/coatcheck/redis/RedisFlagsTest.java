package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.RedisServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.state.flags.Audience;
import dev.coatcheck.state.flags.Flag;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.flags.FlagValue;
import dev.coatcheck.state.flags.Flags;
import io.lettuce.core.KillArgs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed, and the connection that tells of changes is cut. */
class RedisFlagsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static boolean isOn(Flags flags) {
        return flags.snapshot().isOn("sepia", Audience.of("ada"), false);
    }

    @Test
    void what_the_first_release_wrote_is_read() {
        try (var store = TestRedis.fresh()) {
            store.besides().hset("coatcheck:flags", Map.of("version", "42", "flag:sepia", "1\notherwise\tbool\ttrue"));
            try (var flags = store.redis().flags(FlagSettings.defaults())) {
                await().atMost(PATIENCE).until(() -> isOn(flags));
                assertThat(flags.snapshot().version()).isEqualTo(42);
            }
        }
    }

    @Test
    void a_change_whose_word_was_lost_is_found_by_asking() {
        try (var store = TestRedis.fresh();
                var flags = store.redis().flags(FlagSettings.defaults().withPoll(Duration.ofMillis(500)))) {
            flags.put(Flag.of("sepia", FlagValue.of(false)));
            await().atMost(PATIENCE).until(() -> flags.snapshot().version() > 0);

            store.besides().clientKill(KillArgs.Builder.typePubsub());
            store.besides()
                    .hset(
                            "coatcheck:flags",
                            Map.of("version", "4200000000000000", "flag:sepia", "1\notherwise\tbool\ttrue"));

            await().atMost(PATIENCE).until(() -> isOn(flags));
        }
    }

    @Test
    void flags_stay_while_the_server_is_away_and_change_again_when_it_is_back(@TempDir Path folder) {
        var settings = ServerSettings.at(folder).withDurability(Durability.PROCESS_LOSS);
        try (var server = RedisServer.start(settings);
                var redis = Redis.attach(server.url(), RedisSettings.defaults().withTimeout(Duration.ofSeconds(2)));
                var flags = redis.flags(FlagSettings.defaults().withPoll(Duration.ofMillis(300)))) {
            flags.put(Flag.of("sepia", FlagValue.of(true)));
            await().atMost(PATIENCE).until(() -> isOn(flags));

            server.kill();
            await().atMost(PATIENCE).until(() -> flags.age().compareTo(Duration.ofSeconds(2)) > 0);
            assertThat(isOn(flags)).isTrue();

            server.start();
            await().atMost(PATIENCE).until(() -> flags.age().compareTo(Duration.ofSeconds(1)) < 0);
            redis.ping();
            redis.flagStore().remove("sepia");
            await().atMost(PATIENCE).until(() -> !isOn(flags));
        }
    }
}
