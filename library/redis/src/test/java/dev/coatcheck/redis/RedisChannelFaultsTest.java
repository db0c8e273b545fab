package dev.coatcheck.redis;

import dev.coatcheck.contracts.channels.ChannelFaultsContract;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.contracts.faults.ServerUnderTest;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Those who listen, while Redis or the way to it is in trouble. */
class RedisChannelFaultsTest extends ChannelFaultsContract {
    @TempDir
    static Path folder;

    @RegisterExtension
    static final OwnRedis server = new OwnRedis(() -> folder);

    @Override
    protected ServerUnderTest server() {
        return server;
    }

    @AfterEach
    void empty() {
        server.ask(redis -> redis.flushall());
    }

    @Override
    protected Attached attach(Relay relay, Duration timeout) {
        var redis = TestRedis.attachInTime(
                relay.through(server.running().url()), RedisSettings.defaults().withTimeout(timeout));
        return new Attached() {
            @Override
            public Channels channels(ChannelSettings settings) {
                return redis.channels(settings);
            }

            @Override
            public void close() {
                redis.close();
            }
        };
    }
}
