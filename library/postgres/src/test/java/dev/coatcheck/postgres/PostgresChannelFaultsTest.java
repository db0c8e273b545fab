package dev.coatcheck.postgres;

import dev.coatcheck.contracts.channels.ChannelFaultsContract;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.contracts.faults.SmallDisk;
import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.PostgresServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Those who listen, while PostgreSQL or the way to it is in trouble. */
class PostgresChannelFaultsTest extends ChannelFaultsContract {
    @TempDir
    static Path folder;

    private static SmallDisk disk;
    private static PostgresServer server;
    private static int databases;

    @BeforeAll
    static void openServer() {
        disk = SmallDisk.at(folder);
        server = PostgresServer.start(
                ServerSettings.at(folder.resolve("postgresql")).withDurability(Durability.PROCESS_LOSS));
    }

    @AfterAll
    static void endServer() {
        try {
            if (server != null) {
                server.kill();
                server.close();
            }
        } finally {
            disk.close();
        }
    }

    @BeforeEach
    void nextDatabase() {
        databases++;
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
        disk.fill();
    }

    @Override
    protected void makeRoom() {
        disk.makeRoom();
    }

    @Override
    protected Attached attach(Relay relay, Duration timeout) {
        var url = server.createDatabaseIfMissing("channels_" + databases);
        var postgres = Postgres.attach(
                relay.through(url),
                PostgresSettings.defaults().withConnectTimeout(timeout).withStatementTimeout(timeout));
        return new Attached() {
            @Override
            public Channels channels(ChannelSettings settings) {
                return postgres.channels(settings);
            }

            @Override
            public void close() {
                postgres.close();
            }
        };
    }
}
