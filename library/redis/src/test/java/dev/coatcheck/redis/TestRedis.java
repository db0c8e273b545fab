package dev.coatcheck.redis;

import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.state.BackingServiceException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An empty database on a real server, for the length of a test, and a way past the adapter to what it holds. */
final class TestRedis implements AfterEachCallback, AutoCloseable {
    /** Longer than by default, since a test machine may be busy. */
    static final RedisSettings PATIENT = RedisSettings.defaults().withTimeout(Duration.ofSeconds(20));

    private final String url;
    private final Redis redis;
    private final List<Redis> others = new ArrayList<>();
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> besides;

    private TestRedis(String url) {
        this.url = url;
        this.redis = Redis.attach(url, PATIENT);
        this.client = RedisClient.create(url);
        this.besides = client.connect();
    }

    /** The first connection of a JVM, on a busy machine, may take longer than the time-out that a test wants. */
    static Redis attachInTime(String url, RedisSettings settings) {
        return await().pollDelay(Duration.ZERO)
                .atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(BackingServiceException.class)
                .until(() -> Redis.attach(url, settings), Objects::nonNull);
    }

    static TestRedis fresh() {
        return new TestRedis(SharedServers.freshRedisUrl());
    }

    String url() {
        return url;
    }

    Redis redis() {
        return redis;
    }

    /** Attaches the same database once more. */
    Redis attach(RedisSettings settings) {
        var other = Redis.attach(url, settings);
        others.add(other);
        return other;
    }

    /** The server, on a connection that the adapter does not know of. */
    RedisCommands<String, String> besides() {
        return besides.sync();
    }

    /** Puts bytes that are no text into a hash. */
    void put(String key, String field, byte[] value) {
        try (var connection = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE))) {
            connection.sync().hset(key, field, value);
        }
    }

    /** Every key and every value, byte by byte as text. */
    String dump() {
        var dump = new StringBuilder();
        try (var connection = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE))) {
            var commands = connection.sync();
            for (var key : commands.keys("*")) {
                dump.append(key).append('\n');
                switch (commands.type(key)) {
                    case "hash" ->
                        commands.hgetall(key)
                                .forEach((field, value) ->
                                        dump.append(field).append('=').append(text(value)));
                    case "zset" -> commands.zrange(key, 0, -1).forEach(member -> dump.append(text(member)));
                    default -> dump.append(text(commands.get(key)));
                }
                dump.append('\n');
            }
        }
        return dump.toString();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
    }

    @Override
    public void close() {
        others.forEach(Redis::close);
        redis.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
