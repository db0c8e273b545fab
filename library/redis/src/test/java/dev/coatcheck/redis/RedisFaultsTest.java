package dev.coatcheck.redis;

import dev.coatcheck.contracts.faults.AttachedPorts;
import dev.coatcheck.contracts.faults.FaultsContract;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.contracts.faults.ServerUnderTest;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.NearSettings;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.sessions.SessionSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** All ports in every fault. */
class RedisFaultsTest extends FaultsContract {
    private static final CacheSettings CACHE =
            CacheSettings.named("far").withBeta(0).withJitter(0);

    @TempDir
    static Path folder;

    @RegisterExtension
    static final OwnRedis server = new OwnRedis(() -> folder);

    @Override
    protected ServerUnderTest server() {
        return server;
    }

    @Override
    protected AttachedPorts attach(Relay relay, Duration timeout) {
        var redis = TestRedis.attachInTime(
                relay.through(server.running().url()), RedisSettings.defaults().withTimeout(timeout));
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
}
