package dev.coatcheck.s3;

import dev.coatcheck.contracts.faults.AttachedPorts;
import dev.coatcheck.contracts.faults.FaultsContract;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.contracts.faults.ServerUnderTest;
import dev.coatcheck.contracts.faults.SmallDisk;
import dev.coatcheck.contracts.leases.InMemoryLeaseStore;
import dev.coatcheck.host.service.Durability;
import dev.coatcheck.host.service.S3Server;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.state.leases.LeaseSettings;
import dev.coatcheck.state.leases.Leases;
import dev.coatcheck.state.uploads.UploadSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Blobs and uploads in every fault. A full server is one whose disk is. */
class S3FaultsTest extends FaultsContract {
    @TempDir
    static Path folder;

    private static SmallDisk disk;
    private static S3Server server;

    @BeforeAll
    static void startServer() {
        disk = SmallDisk.at(folder);
        server = S3Server.start(ServerSettings.at(folder.resolve("s3")).withDurability(Durability.PROCESS_LOSS));
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
    protected ServerUnderTest server() {
        return new ServerUnderTest() {
            @Override
            public int tcpPort() {
                return server.tcpPort();
            }

            @Override
            public void kill() {
                server.kill();
            }

            @Override
            public void start() {
                server.start();
            }

            @Override
            public void fill() {
                disk.fill();
            }

            @Override
            public void makeRoom() {
                disk.makeRoom();
            }
        };
    }

    @Override
    protected AttachedPorts attach(Relay relay, Duration timeout) {
        var settings = Buckets.SETTINGS.withConnectTimeout(timeout).withRequestTimeout(timeout);
        var s3 = S3.attach(relay.through(Buckets.url(server, server.bucket())), settings);
        var longer = LeaseSettings.heldBy("web.1").withDuration(timeout.multipliedBy(30)); // nobody else wants them
        var leases = new Leases(new InMemoryLeaseStore(InstantSource.system()), longer);
        return new AttachedPorts(s3).with(s3.blobs()).with(s3.uploads(UploadSettings.defaults(), leases));
    }
}
