package dev.coatcheck.redis;

import dev.coatcheck.contracts.faults.AttachedPorts;
import dev.coatcheck.contracts.faults.FaultsContract;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.RedisServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.NearSettings;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.sessions.SessionSettings;
import io.lettuce.core.RedisClient;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** All ports in every fault. A full server is one that evicts nothing, which sessions need. */
class RedisFaultsTest extends FaultsContract {
    private static final CacheSettings CACHE =
            CacheSettings.named("far").withBeta(0).withJitter(0);

    @TempDir
    static Path folder;

    private static RedisServer server;

    @BeforeAll
    static void startServer() {
        server = RedisServer.start(ServerSettings.at(folder).withDurability(Durability.PROCESS_LOSS));
    }

    @AfterAll
    static void endServer() {
        server.kill();
        server.close();
    }

    @Override
    protected int tcpPort() {
        return server.tcpPort();
    }

    @Override
    protected void kill() {
        server.kill();
    }

    @Override
    protected void start() {
        server.start();
    }

    @Override
    protected AttachedPorts attach(Relay relay, Duration timeout) {
        var redis = Redis.attach(
                relay.through(server.url()), RedisSettings.defaults().withTimeout(timeout));
        return new AttachedPorts(redis)
                .with(redis.sessions(SessionSettings.defaults()))
                .with(redis.cache(CACHE))
                .with(redis.cache(CacheSettings.named("near").withBeta(0).withNear(NearSettings.defaults())))
                .with(redis::limits)
                .with(redis.leases(LeaseSettings.heldBy("web.1")))
                .with(redis.idempotency(IdempotencySettings.defaults()))
                .with(redis.flags(FlagSettings.defaults()))
                .with(redis.jobs())
                .with(redis.channels(ChannelSettings.defaults()));
    }

    @Override
    protected void fill() {
        limitMemory("1");
    }

    @Override
    protected void makeRoom() {
        limitMemory("0");
    }

    private static void limitMemory(String bytes) {
        var client = RedisClient.create(server.url());
        try (var connection = client.connect()) {
            connection.sync().configSet("maxmemory", bytes);
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
    }
}
