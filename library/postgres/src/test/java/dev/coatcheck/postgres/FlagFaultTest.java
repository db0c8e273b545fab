package dev.coatcheck.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.PostgresServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.state.flags.Audience;
import dev.coatcheck.state.flags.Flag;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.flags.FlagValue;
import dev.coatcheck.state.flags.Flags;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed, and the connection that tells of changes is cut, while flags are asked. */
class FlagFaultTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final PostgresSettings SETTINGS = PostgresSettings.defaults()
            .withConnectTimeout(Duration.ofSeconds(1))
            .withStatementTimeout(Duration.ofSeconds(1));

    private static boolean isOn(Flags flags) {
        return flags.snapshot().isOn("sepia", Audience.of("ada"), false);
    }

    @Test
    void flags_stay_while_the_server_is_away_and_are_told_of_again_when_it_is_back(@TempDir Path folder) {
        var settings = ServerSettings.at(folder).withDurability(Durability.PROCESS_LOSS);
        try (var server = PostgresServer.start(settings);
                var relay = Relay.to(server.tcpPort())) {
            var url = server.createDatabaseIfMissing("flags");
            try (var postgres = Postgres.attach(relay.through(url), SETTINGS);
                    var flags = postgres.flags(FlagSettings.defaults().withPoll(Duration.ofSeconds(1)))) {
                flags.put(Flag.of("sepia", FlagValue.of(true)));
                await().atMost(PATIENCE).until(() -> isOn(flags));

                server.kill();
                await().atMost(PATIENCE).until(() -> flags.age().compareTo(Duration.ofSeconds(3)) > 0);
                assertThat(isOn(flags)).isTrue();
                server.start();
                try (var other = Postgres.attach(url, SETTINGS);
                        var others = other.flags(FlagSettings.defaults())) {
                    await().atMost(PATIENCE).ignoreExceptions().until(() -> {
                        others.put(Flag.of("sepia", FlagValue.of(false)));
                        return true;
                    });
                    await().atMost(PATIENCE).until(() -> !isOn(flags));

                    relay.cut();
                    others.put(Flag.of("sepia", FlagValue.of(true)));
                    await().atMost(PATIENCE).until(() -> isOn(flags));
                }
            }
        }
    }
}
