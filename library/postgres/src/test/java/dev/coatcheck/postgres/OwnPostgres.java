package dev.coatcheck.postgres;

import static java.util.Objects.requireNonNull;

import dev.coatcheck.contracts.faults.ServerUnderTest;
import dev.coatcheck.contracts.faults.SmallDisk;
import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.PostgresServer;
import dev.coatcheck.host.service.ServerSettings;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A server of a test class's own, on a disk that can be filled. */
final class OwnPostgres implements ServerUnderTest, BeforeAllCallback, AfterAllCallback {
    private final Supplier<Path> folder;
    private @Nullable SmallDisk disk;
    private @Nullable PostgresServer started;

    /** @param folder an empty one, asked for when the class begins */
    OwnPostgres(Supplier<Path> folder) {
        this.folder = folder;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        disk = SmallDisk.at(folder.get());
        started = PostgresServer.start(
                ServerSettings.at(folder.get().resolve("postgresql")).withDurability(Durability.PROCESS_LOSS));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        try {
            if (started != null) {
                started.kill();
                started.close();
            }
        } finally {
            if (disk != null) {
                disk.close();
            }
        }
    }

    PostgresServer running() {
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
        requireNonNull(disk).fill();
    }

    @Override
    public void makeRoom() {
        requireNonNull(disk).makeRoom();
    }
}
