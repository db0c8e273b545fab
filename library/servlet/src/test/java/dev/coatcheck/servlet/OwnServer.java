package dev.coatcheck.servlet;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.contracts.faults.SmallDisk;
import dev.coatcheck.host.service.BackingServer;
import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.MemcachedServer;
import dev.coatcheck.host.service.PostgresServer;
import dev.coatcheck.host.service.RedisServer;
import dev.coatcheck.host.service.ServerSettings;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A store's server of a test's own, to be put into trouble.
 *
 * @param disk what its data is on
 */
record OwnServer(Store store, BackingServer process, SmallDisk disk) implements AutoCloseable {

    static OwnServer start(Store store, Path folder) {
        var home = folder.resolve(store.name());
        try {
            Files.createDirectory(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var disk = SmallDisk.at(home);
        var settings = ServerSettings.at(home.resolve("server")).withDurability(Durability.PROCESS_LOSS);
        try {
            return new OwnServer(store, start(store, settings), disk);
        } catch (RuntimeException e) {
            disk.close();
            throw e;
        }
    }

    private static BackingServer start(Store store, ServerSettings settings) {
        return switch (store) {
            case REDIS -> RedisServer.start(settings);
            case POSTGRES -> PostgresServer.start(settings);
            case MEMCACHED -> MemcachedServer.start(settings);
        };
    }

    /** Leaves no room for anything new; a test is skipped where that cannot be. */
    void fill() {
        switch (store) {
            case REDIS -> limitMemory("1");
            case POSTGRES -> disk.fill();
            case MEMCACHED -> assumeTrue(false, "it drops what was not used for long rather than to be full");
        }
    }

    void makeRoom() {
        switch (store) {
            case REDIS -> limitMemory("0");
            case POSTGRES -> disk.makeRoom();
            case MEMCACHED -> {}
        }
    }

    private void limitMemory(String bytes) {
        var client = RedisClient.create(process.url());
        try (var connection = client.connect()) {
            connection.sync().configSet("maxmemory", bytes);
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
    }

    @Override
    public void close() {
        try (disk) {
            process.kill();
            process.close();
        }
    }
}
