package dev.coatcheck.servlet;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.service.MemcachedServer;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.memcached.Memcached;
import dev.coatcheck.memcached.MemcachedSettings;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.postgres.PostgresSettings;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.redis.RedisSettings;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.sessions.SessionSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** What keeps the state behind the faces. */
enum Store {
    REDIS,
    POSTGRES,
    MEMCACHED;

    /** Each store behind each container. */
    static Stream<Arguments> behindContainers() {
        return Arrays.stream(values())
                .flatMap(store -> Arrays.stream(Container.values()).map(container -> Arguments.of(store, container)));
    }

    /** Skips a test of a server that is not installed here: nobody but the system packages Memcached. */
    void require() {
        assumeTrue(
                this != MEMCACHED || MemcachedServer.isInstalled(),
                () -> "there is no memcached: " + MemcachedServer.installation());
    }

    /** Where nobody else keeps anything, on a server that is shared. */
    String freshUrl() {
        require();
        return switch (this) {
            case REDIS -> SharedServers.freshRedisUrl();
            case POSTGRES -> SharedServers.freshPostgresUrl();
            case MEMCACHED -> SharedServers.memcached().url(); // what tests keep there has random names
        };
    }

    /** @param timeout of every kind */
    Ports attach(String url, Duration timeout) {
        var sessions = SessionSettings.defaults();
        var idempotency = IdempotencySettings.defaults();
        return switch (this) {
            case REDIS -> {
                var redis = Redis.attach(url, RedisSettings.defaults().withTimeout(timeout));
                yield new Ports(
                        redis,
                        redis.sessions(sessions),
                        Optional.of(redis::limits),
                        Optional.of(redis.idempotency(idempotency)));
            }
            case POSTGRES -> {
                var settings =
                        PostgresSettings.defaults().withConnectTimeout(timeout).withStatementTimeout(timeout);
                var postgres = Postgres.attach(url, settings);
                yield new Ports(
                        postgres,
                        postgres.sessions(sessions),
                        Optional.of(postgres::limits),
                        Optional.of(postgres.idempotency(idempotency)));
            }
            case MEMCACHED -> {
                var memcached =
                        Memcached.attach(url, MemcachedSettings.defaults().withTimeout(timeout));
                yield new Ports(memcached, memcached.sessions(sessions), Optional.empty(), Optional.empty());
            }
        };
    }
}
