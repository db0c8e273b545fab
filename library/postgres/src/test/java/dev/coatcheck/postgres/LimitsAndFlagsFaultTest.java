package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.FaultyServer.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.flags.Audience;
import dev.coatcheck.state.flags.Flag;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.flags.FlagValue;
import dev.coatcheck.state.flags.Flags;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Decision.Limited;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.OnOutage;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed, is silent, and loses the connection that tells of changes, while limits and flags are asked. */
class LimitsAndFlagsFaultTest {
    private static final Limit FOUR = Limit.of("four", 4, Duration.ofHours(1));

    @TempDir
    static Path folder;

    @RegisterExtension
    static final FaultyServer server = new FaultyServer(() -> folder);

    @Test
    void limits_answer_in_an_outage_as_they_were_told_to_and_count_on_from_where_they_were() {
        var postgres = server.postgres();
        var open = postgres.limits(new OnOutage.Open());
        var closed = postgres.limits(new OnOutage.Closed());
        var half = postgres.limits(new OnOutage.LocalShare(2));
        var ofStore = ((Allowed) closed.acquire(FOUR.on("ada"))).reservation();
        // A commit that waits for the disk, and so for what was spent before.
        postgres.idempotency(IdempotencySettings.defaults()).claim("key", "");

        server.relay().fallSilent();
        long begun = System.nanoTime();
        assertThatThrownBy(() -> closed.acquire(FOUR.on("ada"))).isInstanceOf(BackingServiceException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        server.kill();
        server.relay().pass();

        for (int i = 0; i < 5; i++) {
            assertThat(open.acquire(FOUR.on("ada"))).isInstanceOf(Allowed.class);
        }
        assertThatThrownBy(() -> closed.refund(ofStore)).isInstanceOf(BackingServiceException.class);
        assertThat(half.acquire(FOUR.on("ada").withCost(2))).isInstanceOf(Allowed.class);
        assertThat(half.acquire(FOUR.on("ada"))).isInstanceOf(Limited.class);

        server.start();
        assertThat(closed.acquire(FOUR.on("ada").withCost(3))).isInstanceOf(Allowed.class);
        assertThat(closed.acquire(FOUR.on("ada")))
                .as("one was spent before the outage")
                .isInstanceOf(Limited.class);
    }

    @Test
    void flags_stay_while_the_server_is_away_and_are_told_of_again_when_it_is_back() {
        // So seldom asked for that only the server's word can be the reason that a change is seen.
        try (var flags = server.postgres().flags(FlagSettings.defaults().withPoll(Duration.ofHours(1)))) {
            flags.put(Flag.of("sepia", FlagValue.of(true)));
            await().atMost(PATIENCE).until(() -> isOn(flags));

            server.kill();
            assertThat(isOn(flags)).isTrue();
            server.start();
            putElsewhere("false");
            await().atMost(PATIENCE).until(() -> !isOn(flags));

            server.awaitListener("coatcheck_flags");
            server.relay().cut();
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(server.postgres()::ping);
            putElsewhere("true");
            await().atMost(PATIENCE).until(() -> isOn(flags));
        }
    }

    private static boolean isOn(Flags flags) {
        return flags.snapshot().isOn("sepia", Audience.of("ada"), false);
    }

    /** As another process does. */
    private static void putElsewhere(String value) {
        Databases.query(
                server.postgres(),
                "select coatcheck.put_flag_v1('sepia', E'1\\notherwise\\tbool\\t%s')".formatted(value));
    }
}
