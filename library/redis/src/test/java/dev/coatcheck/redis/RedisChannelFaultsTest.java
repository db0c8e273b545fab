package dev.coatcheck.redis;

import dev.coatcheck.contracts.channels.ChannelFaultsContract;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.RedisServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.Channels;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Those who listen, while Redis or the way to it is in trouble. */
class RedisChannelFaultsTest extends ChannelFaultsContract {
    @TempDir
    static Path folder;

    private static RedisServer server;

    @BeforeAll
    static void openServer() {
        server = RedisServer.start(ServerSettings.at(folder).withDurability(Durability.PROCESS_LOSS));
    }

    @AfterAll
    static void endServer() {
        server.kill();
        server.close();
    }

    @AfterEach
    void empty() {
        ask(redis -> redis.flushall());
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
    protected void fill() {
        ask(redis -> redis.configSet("maxmemory", "1"));
    }

    @Override
    protected void makeRoom() {
        ask(redis -> redis.configSet("maxmemory", "0"));
    }

    private static void ask(Consumer<RedisCommands<String, String>> question) {
        var client = RedisClient.create(server.url());
        try (var connection = client.connect()) {
            question.accept(connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
    }

    @Override
    protected Attached attach(Relay relay, Duration timeout) {
        var redis = Redis.attach(
                relay.through(server.url()), RedisSettings.defaults().withTimeout(timeout));
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
