package dev.coatcheck.azure;

import dev.coatcheck.contracts.faults.AttachedPorts;
import dev.coatcheck.contracts.faults.FaultsContract;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.contracts.faults.ServerUnderTest;
import dev.coatcheck.contracts.faults.SmallDisk;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Blobs in every fault. A full server is one whose disk is. */
class AzureFaultsTest extends FaultsContract {
    @TempDir
    static Path folder;

    private static SmallDisk disk;
    private static AzuriteServer server;

    @BeforeAll
    static void startServer() {
        disk = SmallDisk.at(folder);
        server = AzuriteServer.start(folder);
    }

    @AfterAll
    static void endServer() {
        try {
            if (server != null) {
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
                server.createContainerIfMissing(server.url("faults"));
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
        var settings = Containers.SETTINGS.withConnectTimeout(timeout).withRequestTimeout(timeout);
        var azure = Azure.attach(relay.through(server.url("faults")), settings);
        return new AttachedPorts(azure).with(azure.blobs());
    }
}
