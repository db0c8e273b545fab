package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.RedisServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.idempotency.Claim;
import dev.coatcheck.state.idempotency.ClaimResult.Claimed;
import dev.coatcheck.state.idempotency.ClaimResult.Completed;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.idempotency.RecordResult.Recorded;
import io.lettuce.core.RedisClient;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server of its own is killed and filled between a claim and its response. */
class RedisIdempotencyTest {
    @TempDir
    private Path folder;

    private RedisServer server;
    private Redis redis;
    private Idempotency idempotency;

    @BeforeEach
    void start() {
        server = RedisServer.start(ServerSettings.at(folder).withDurability(Durability.PROCESS_LOSS));
        redis = Redis.attach(server.url());
        idempotency = redis.idempotency(IdempotencySettings.defaults());
    }

    @AfterEach
    void stop() {
        redis.close();
        server.kill();
        server.close();
    }

    @Test
    void a_claim_and_a_response_outlive_the_server_process() {
        var done = claim("done");
        idempotency.record(done, "response");
        var claimed = claim("claimed");

        server.kill();
        assertThatThrownBy(() -> idempotency.record(claimed, "late"))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("record the response to a request");
        server.start();

        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() -> redis.ping());
        assertThat(idempotency.claim("done", "a")).isEqualTo(new Completed("response"));
        assertThat(idempotency.record(claimed, "late")).isEqualTo(new Recorded());
        assertThat(idempotency.claim("claimed", "a")).isEqualTo(new Completed("late"));
    }

    @Test
    void a_server_that_is_full_gives_what_it_has_and_takes_no_more() {
        idempotency.record(claim("done"), "response");
        var claimed = claim("claimed");
        limitMemory("1");

        assertThat(idempotency.claim("done", "a")).isEqualTo(new Completed("response"));
        assertThatThrownBy(() -> idempotency.claim("another", "a"))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("maxmemory");
        assertThatThrownBy(() -> idempotency.record(claimed, "late")).isInstanceOf(BackingServiceException.class);
        idempotency.abandon(claimed);

        limitMemory("0");
        assertThat(idempotency.claim("claimed", "a")).isInstanceOf(Claimed.class);
    }

    private Claim claim(String key) {
        return ((Claimed) idempotency.claim(key, "a")).claim();
    }

    private void limitMemory(String bytes) {
        var client = RedisClient.create(server.url());
        try (var connection = client.connect()) {
            connection.sync().configSet("maxmemory", bytes);
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
    }
}
