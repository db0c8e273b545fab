package dev.coatcheck.postgres;

import dev.coatcheck.contracts.faults.AttachedPorts;
import dev.coatcheck.contracts.faults.FaultsContract;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.contracts.faults.SmallDisk;
import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.PostgresServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.NearSettings;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.uploads.UploadSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** All ports in every fault. A full server is one whose disk is. */
class PostgresFaultsTest extends FaultsContract {
    @TempDir
    static Path folder;

    private static SmallDisk disk;
    private static PostgresServer server;

    @BeforeAll
    static void startServer() {
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
        var settings = PostgresSettings.defaults().withConnectTimeout(timeout).withStatementTimeout(timeout);
        var postgres = Postgres.attach(relay.through(server.url()), settings);
        return new AttachedPorts(postgres)
                .with(postgres.sessions(SessionSettings.defaults()))
                .with(postgres.cache(CacheSettings.named("far").withBeta(0)))
                .with(postgres.cache(CacheSettings.named("near").withBeta(0).withNear(NearSettings.defaults())))
                .with(postgres.blobs())
                .with(postgres.uploads(UploadSettings.defaults()))
                .with(postgres.jobs())
                .with(postgres::limits)
                .with(postgres.leases(LeaseSettings.heldBy("web.1")))
                .with(postgres.idempotency(IdempotencySettings.defaults()))
                .with(postgres.flags(FlagSettings.defaults()))
                .with(postgres.channels(ChannelSettings.defaults()));
    }

    @Override
    protected void fill() {
        disk.fill();
    }

    @Override
    protected void makeRoom() {
        disk.makeRoom();
    }
}
