package dev.coatcheck.redis;

import static java.util.Objects.requireNonNull;

import dev.coatcheck.contracts.faults.ServerUnderTest;
import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.RedisServer;
import dev.coatcheck.host.service.ServerSettings;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A server of a test class's own. It is full where it may use no memory, and evicts nothing, which sessions need. */
final class OwnRedis implements ServerUnderTest, BeforeAllCallback, AfterAllCallback {
    private final Supplier<Path> folder;
    private @Nullable RedisServer started;

    /** @param folder an empty one, asked for when the class begins */
    OwnRedis(Supplier<Path> folder) {
        this.folder = folder;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        started = RedisServer.start(ServerSettings.at(folder.get()).withDurability(Durability.PROCESS_LOSS));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (started != null) {
            started.kill();
            started.close();
        }
    }

    RedisServer running() {
        return requireNonNull(started);
    }

    @Override
    public int tcpPort() {
        return running().tcpPort();
    }

    @Override
    public void kill() {
        running().kill();
    }

    @Override
    public void start() {
        running().start();
    }

    @Override
    public void fill() {
        ask(redis -> redis.configSet("maxmemory", "1"));
    }

    @Override
    public void makeRoom() {
        ask(redis -> redis.configSet("maxmemory", "0"));
    }

    void ask(Consumer<RedisCommands<String, String>> question) {
        var client = RedisClient.create(running().url());
        try (var connection = client.connect()) {
            question.accept(connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
    }
}
